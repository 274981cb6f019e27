extension InitramfsFacts {
    private enum Key: String, CodingKey {
        case segments, damage, notLookedInto, generator, kernelVersions, modules, moduleDependencies, builtIn
        case requestedModules, programs, udevRules, scripts, units, texts, dracutModules, hasInit
    }

    /// Sets are written sorted, so that two surveys of one machine are the same bytes.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(segments, forKey: .segments)
        try container.encodeIfPresent(damage, forKey: .damage)
        try container.encodeIfPresent(notLookedInto, forKey: .notLookedInto)
        try container.encodeIfPresent(generator, forKey: .generator)
        try container.encode(kernelVersions, forKey: .kernelVersions)
        try container.encode(modules.sorted(), forKey: .modules)
        try container.encode(moduleDependencies, forKey: .moduleDependencies)
        try container.encode(builtIn.sorted(), forKey: .builtIn)
        try container.encode(requestedModules, forKey: .requestedModules)
        try container.encode(programs.sorted(), forKey: .programs)
        try container.encode(udevRules.sorted(), forKey: .udevRules)
        try container.encode(scripts.sorted(), forKey: .scripts)
        try container.encodeIfPresent(units?.sorted(), forKey: .units)
        try container.encode(texts, forKey: .texts)
        try container.encode(dracutModules, forKey: .dracutModules)
        try container.encode(hasInit, forKey: .hasInit)
    }
}
