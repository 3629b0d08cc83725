using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace ToolRuntime.Gateway.Sharing;

/// <summary>The secret of a link: 256 random bits. Only its hash is kept; there is nothing to guess and no need of salt.</summary>
internal static class ShareToken
{
    private const int Bytes = 32;

    public static string New() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));

    /// <summary>What it is known by; null where it can't be a token.</summary>
    public static string? HashOf(string token) =>
        token.Length == Base64Url.GetEncodedLength(Bytes) && Base64Url.IsValid(token) ? Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(token))) : null;
}
