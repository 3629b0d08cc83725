using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace ToolRuntime.Gateway.Security;

/// <summary>The text of a key, <c>trk.&lt;id&gt;.&lt;256 random bits, base64url&gt;</c>, and its hash.</summary>
internal static class KeyToken
{
    private const string Prefix = "trk.";
    private const string Algorithm = "sha256:";
    private const int SecretLength = 43;
    private const int MaxLength = 4 + EntityId.MaxLength + 1 + SecretLength;

    public static string New(string id) => $"{Prefix}{id}.{Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32))}";

    /// <summary>What the configuration holds of a key.</summary>
    public static string Describe(string token) => Algorithm + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    public static bool TryParseHash(string? text, [NotNullWhen(true)] out byte[]? hash)
    {
        hash = null;
        if (text is null || !text.StartsWith(Algorithm, StringComparison.Ordinal) || text.Length != Algorithm.Length + 64
            || !text.AsSpan(Algorithm.Length).ContainsOnlyHex())
        {
            return false;
        }

        hash = Convert.FromHexString(text.AsSpan(Algorithm.Length));
        return true;
    }

    /// <summary>Which key a token claims to be; nothing is believed yet.</summary>
    public static bool TryReadId(ReadOnlySpan<char> token, out ReadOnlySpan<char> id)
    {
        id = default;
        if (token.Length is < SecretLength + 6 or > MaxLength || !token.StartsWith(Prefix, StringComparison.Ordinal)
            || token[^(SecretLength + 1)] != '.')
        {
            return false;
        }

        id = token[Prefix.Length..^(SecretLength + 1)];
        return true;
    }

    /// <summary>Whether a token of a well-formed kind has the hash; takes the same time whatever differs.</summary>
    public static bool Matches(ReadOnlySpan<char> token, ReadOnlySpan<byte> hash)
    {
        Span<byte> bytes = stackalloc byte[MaxLength * 3];
        Span<byte> actual = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes[..Encoding.UTF8.GetBytes(token, bytes)], actual);
        return CryptographicOperations.FixedTimeEquals(actual, hash);
    }

    private static bool ContainsOnlyHex(this ReadOnlySpan<char> text)
    {
        foreach (var c in text)
        {
            if (!char.IsAsciiHexDigit(c)) return false;
        }

        return true;
    }
}
