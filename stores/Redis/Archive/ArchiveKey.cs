using System.Buffers.Binary;
using System.IO.Compression;
using System.Security.Cryptography;

namespace ToolRuntime.Stores.Redis;

/// <summary>
/// What a session's header has of its log in the archive: the id and the key that its parts are sealed with. The key is nowhere else, and
/// used for one log once: when the log comes back or is deleted, nobody can read what the archive, its files and their copies still hold.
/// </summary>
internal sealed class ArchiveKey
{
    private const int Ids = 16, Keys = 32, Tags = 16, Nonces = 12;

    private readonly byte[] key;

    private ArchiveKey(Guid id, byte[] key) => (Id, this.key) = (id, key);

    public Guid Id { get; }

    /// <summary>As the header has it.</summary>
    public byte[] Bytes => [.. Id.ToByteArray(), .. key];

    public static ArchiveKey New() => new(Guid.NewGuid(), RandomNumberGenerator.GetBytes(Keys));

    public static ArchiveKey? Parse(byte[]? bytes) => bytes is { Length: Ids + Keys } ? new(new(bytes.AsSpan(0, Ids)), bytes[Ids..]) : null;

    /// <summary>A part, compressed and sealed.</summary>
    public byte[] Seal(int part, ReadOnlySpan<byte> content)
    {
        using var compressed = new MemoryStream();
        using (var brotli = new BrotliStream(compressed, CompressionLevel.Optimal, leaveOpen: true)) brotli.Write(content);
        var plain = compressed.GetBuffer().AsSpan(0, (int)compressed.Length);
        var whole = new byte[Tags + plain.Length];
        using var cipher = new AesGcm(key, Tags);
        cipher.Encrypt(Nonce(part), plain, whole.AsSpan(Tags), whole.AsSpan(0, Tags), Id.ToByteArray());
        return whole;
    }

    /// <exception cref="CryptographicException">This is not what was sealed.</exception>
    public byte[] Unseal(int part, ReadOnlySpan<byte> whole)
    {
        if (whole.Length < Tags) throw new CryptographicException("A part of the archive is too short.");
        var plain = new byte[whole.Length - Tags];
        using (var cipher = new AesGcm(key, Tags)) cipher.Decrypt(Nonce(part), whole[Tags..], whole[..Tags], plain, Id.ToByteArray());
        using var brotli = new BrotliStream(new MemoryStream(plain), CompressionMode.Decompress);
        using var content = new MemoryStream();
        brotli.CopyTo(content);
        return content.ToArray();
    }

    /// <summary>The key is of one log, so the part's number is unique with it.</summary>
    private static byte[] Nonce(int part)
    {
        var nonce = new byte[Nonces];
        BinaryPrimitives.WriteInt32LittleEndian(nonce, part);
        return nonce;
    }
}
