/// A GRUB environment block: exactly 1024 bytes.
package struct GrubEnvironment: Codable, Sendable, Hashable {
    package var variables: [String: String]
    package var damage: String?

    package init(variables: [String: String] = [:], damage: String? = nil) {
        self.variables = variables
        self.damage = damage
    }
}
