using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ToolRuntime.Gateway.Security;

/// <summary>
/// The page's cookie: which key it was signed in with, until when, and a signature over both and the key's hash. It is not the key, and
/// ends with it.
/// </summary>
internal sealed class CookieTickets(CookieSecret secret)
{
    private const string Name = "toolruntime";

    public static string? Find(HttpRequest request) => request.Cookies[Name];

    /// <summary>Signs a browser in.</summary>
    public void Write(HttpContext context, AccessKey key, DateTimeOffset expiresAt)
    {
        var claim = string.Create(CultureInfo.InvariantCulture, $"{expiresAt.ToUnixTimeSeconds()}~{key.Identity.KeyId}");
        context.Response.Cookies.Append(Name, $"{claim}~{Base64Url.EncodeToString(Sign(claim, key))}", Options(context, expiresAt));
    }

    public static void Clear(HttpContext context) => context.Response.Cookies.Delete(Name, Options(context, null));

    /// <summary>Whose ticket it is and until when; null if we did not make it, or the key is gone or another.</summary>
    public (AccessKey Key, DateTimeOffset ExpiresAt)? Read(string ticket, KeyTable table)
    {
        var parts = ticket.Split('~');
        if (parts.Length != 3 || !long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            || seconds > DateTimeOffset.MaxValue.ToUnixTimeSeconds())
        {
            return null;
        }

        if (table.Find(parts[1]) is not { } key) return null;
        Span<byte> signature = stackalloc byte[SHA256.HashSizeInBytes];
        if (parts[2].Length != Base64Url.GetEncodedLength(signature.Length)
            || !Base64Url.TryDecodeFromChars(parts[2], signature, out var length) || length != signature.Length)
        {
            return null;
        }

        return CryptographicOperations.FixedTimeEquals(signature, Sign($"{parts[0]}~{parts[1]}", key))
            ? (key, DateTimeOffset.FromUnixTimeSeconds(seconds))
            : null;
    }

    private static CookieOptions Options(HttpContext context, DateTimeOffset? expiresAt) => new()
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Strict,
        Secure = context.Request.IsHttps,
        Path = "/",
        Expires = expiresAt,
    };

    private byte[] Sign(string claim, AccessKey key) => HMACSHA256.HashData(secret.Value, Encoding.UTF8.GetBytes($"{claim}~{key.Hash}"));
}
