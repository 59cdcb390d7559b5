internal import Crypto
internal import Glibc
internal import JOSE
internal import Provider

/// The directory of the secrets that are not in the database: the master key, and PEM keys that the operator puts
/// there to be imported. Nobody but its owner may look inside.
struct KeyDirectory {
    /// As configured.
    let path: String
    private var masterKeyFile: String { path + "/master.key" }

    /// Opens the directory, made if missing.
    ///
    /// One that holds no secret yet (a fresh checkout's) is closed to others; one that does must have been closed all
    /// the time.
    /// - Throws: `Refusal`.
    init(_ path: String) throws {
        self.path = path
        if mkdir(path, 0o700) != 0, errno != EEXIST {
            throw Refusal("The keys directory \(path) cannot be made: \(Self.reason).")
        }
        let status = try FileStatus(path)
        guard status.isDirectory else { throw Refusal("\(path) is no directory, but the keys belong into one.") }
        guard status.isOpenToOthers else { return }
        if try secretFiles().isEmpty, chmod(path, 0o700) == 0 { return }
        throw Refusal("Others can enter the keys directory \(path) (mode \(status.octal)). Run: chmod 700 \(path)")
    }

    /// The master key; nil when there is none.
    /// - Throws: `Refusal` for one that others can read, or that is none.
    func masterKey() throws -> MasterKey? {
        guard access(masterKeyFile, F_OK) == 0 else { return nil }
        let text = try read(masterKeyFile)
        guard let bytes = Base64URL.decode(text.filter { !$0.isWhitespace }), let key = SymmetricKey(bytes: bytes)
        else {
            throw Refusal("\(masterKeyFile) is no master key: it should hold 43 characters of base64url.")
        }
        return MasterKey(key)
    }

    /// Makes the master key. Of several servers that start at once with one directory, one makes it.
    func makeMasterKey() throws -> MasterKey {
        let key = try SymmetricKey.random()
        let unfinished = "\(masterKeyFile).\(getpid())"
        defer { unlink(unfinished) }
        try write(Base64URL.encode(key.bytes) + "\n", to: unfinished)
        // Unlike rename, link never takes the place of a file.
        if link(unfinished, masterKeyFile) != 0, errno != EEXIST {
            throw Refusal("\(masterKeyFile) cannot be made: \(Self.reason).")
        }
        guard let made = try masterKey() else { throw Refusal("\(masterKeyFile) has vanished.") }
        return made
    }

    /// The PEM files of the directory, by name.
    func pemFiles() throws -> [(name: String, text: String)] {
        try secretFiles().filter { $0.hasSuffix(".pem") }.map { name in (name, try read("\(path)/\(name)")) }
    }

    private func secretFiles() throws -> [String] {
        guard let stream = opendir(path) else {
            throw Refusal("The keys directory \(path) cannot be read: \(Self.reason).")
        }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name.hasSuffix(".pem") || name == "master.key" { names.append(name) }
        }
        return names.sorted()
    }

    private func read(_ file: String) throws -> String {
        let status = try FileStatus(file)
        guard !status.isOpenToOthers else {
            throw Refusal("Others can read \(file) (mode \(status.octal)). Run: chmod 600 \(file)")
        }
        return try SmallFile.read(file)
    }

    private func write(_ text: String, to file: String) throws {
        let descriptor = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Refusal("\(file) cannot be made: \(Self.reason).") }
        defer { close(descriptor) }
        Terminal.write(text, to: descriptor)
        guard fsync(descriptor) == 0 else { throw Refusal("\(file) cannot be written: \(Self.reason).") }
    }

    private static var reason: String { String(cString: strerror(errno)) }
}
