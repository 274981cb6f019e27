import BootFiles

extension Survey {
    /// The survey as it may be saved and sent to somebody: without the passwords that people write into fstab options
    /// and kernel command lines. Lines keep their numbers.
    package func withoutSecrets() -> Survey {
        var survey = self
        survey.bootDirectories = bootDirectories.map { $0.withoutSecrets() }
        survey.installations = installations.map { $0.withoutSecrets() }
        survey.rejected = rejected.map { candidate in
            var candidate = candidate
            candidate.installation = candidate.installation?.withoutSecrets()
            return candidate
        }
        survey.otherHalves = otherHalves.map { half in
            var half = half
            half.bootDirectories = half.bootDirectories.map { $0.withoutSecrets() }
            half.installations = half.installations.map { $0.withoutSecrets() }
            return half
        }
        survey.esps = esps.map { esp in
            var esp = esp
            esp.vendors = esp.vendors.map { $0.withoutSecrets() }
            return esp
        }
        return survey
    }
}

extension ESP.Vendor {
    fileprivate func withoutSecrets() -> ESP.Vendor {
        var vendor = self
        vendor.config?.text = SecretWords.removed(from: config?.text ?? "")
        for (index, loader) in loaders.enumerated() {
            let line = loader.unified?.commandLine.map(SecretWords.removed)
            vendor.loaders[index].unified?.commandLine = line
        }
        return vendor
    }
}

extension Installation {
    fileprivate func withoutSecrets() -> Installation {
        var installation = self
        for file in [\Installation.fstab, \.mdadmConf, \.crypttab, \.defaultGrub] {
            installation[keyPath: file]?.text = SecretWords.removed(from: self[keyPath: file]?.text ?? "")
        }
        installation.texts = texts.mapValues(SecretWords.removed)
        return installation
    }
}

extension BootDirectory {
    fileprivate func withoutSecrets() -> BootDirectory {
        var directory = self
        if let config = grub?.config {
            directory.grub?.config?.entries = config.entries.map { entry in
                var entry = entry
                entry.arguments = SecretWords.removed(from: entry.arguments)
                return entry
            }
        }
        directory.grub?.environment?.variables = (grub?.environment?.variables ?? [:]).mapValues(
            SecretWords.removed)
        for index in entries.indices {
            directory.entries[index].text = entries[index].text.map(SecretWords.removed)
            directory.entries[index].options?.value = SecretWords.removed(
                from: entries[index].options?.value ?? "")
        }
        return directory
    }
}
