import BootFiles

extension Survey {
    /// The survey as it may be saved and sent to somebody: without the passwords that people write into fstab options,
    /// kernel command lines and GRUB's configuration. Lines keep their numbers.
    package func withoutSecrets() -> Survey {
        var survey = self
        survey.diskBoots = diskBoots.map { boot in
            var kept = boot
            kept.core?.configuration = boot.core?.configuration.map(SecretWords.removed(fromGrub:))
            kept.active?.core?.configuration = boot.active?.core?.configuration.map(
                SecretWords.removed(fromGrub:))
            return kept
        }
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
        vendor.config?.text = SecretWords.removed(fromGrub: config?.text ?? "")
        vendor.environment = environment?.withoutSecrets()
        for (index, loader) in loaders.enumerated() {
            let line = loader.unified?.commandLine.map(SecretWords.removed(from:))
            vendor.loaders[index].unified?.commandLine = line
            vendor.loaders[index].core?.configuration = loader.core?.configuration.map(
                SecretWords.removed(fromGrub:))
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
        installation.texts = texts.mapValues(SecretWords.removed(from:))
        return installation
    }
}

extension BootDirectory {
    fileprivate func withoutSecrets() -> BootDirectory {
        var directory = self
        directory.images = images.map { $0.withoutSecrets() }
        directory.grub?.config = grub?.config?.withoutSecrets()
        directory.grub?.environment = grub?.environment?.withoutSecrets()
        for index in entries.indices {
            directory.entries[index].text = entries[index].text.map(SecretWords.removed(from:))
            directory.entries[index].options?.value = SecretWords.removed(
                from: entries[index].options?.value ?? "")
        }
        return directory
    }
}

extension BootDirectory.Image {
    // An image's conf.d is a copy of /etc/initramfs-tools/conf.d, and may hold what hooks hide there.
    fileprivate func withoutSecrets() -> BootDirectory.Image {
        var image = self
        for (path, text) in facts?.texts ?? [:] {
            let kept = path.hasPrefix("conf/conf.d/") ? KeptText.rootSettings(in: text) : text
            image.facts?.texts[path] = SecretWords.removed(from: kept)
        }
        return image
    }
}

extension GrubConfig {
    fileprivate func withoutSecrets() -> GrubConfig {
        var config = self
        config.kernelopts?.value = SecretWords.removed(from: kernelopts?.value ?? "")
        for index in entries.indices {
            config.entries[index].arguments = SecretWords.removed(from: entries[index].arguments)
        }
        return config
    }
}

extension GrubEnvironment {
    // What a name calls a secret is one, whatever it looks like: GRUB2_PASSWORD=grub.pbkdf2.sha512….
    fileprivate func withoutSecrets() -> GrubEnvironment {
        var environment = self
        for (name, value) in variables {
            environment.variables[name] =
                SecretWords.isSecret(name) ? SecretWords.mark : SecretWords.removed(from: value)
        }
        return environment
    }
}
