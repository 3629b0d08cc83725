using System.Security.Cryptography;
using System.Text;
using ToolRuntime.Gateway.Security;

namespace ToolRuntime.Gateway.Http;

/// <summary>A job is a batch of a session: <c>session:batch</c>.</summary>
internal readonly record struct JobId(string Session, string Batch)
{
    public override string ToString() => $"{Session}:{Batch}";

    public static bool TryParse(string text, out JobId job)
    {
        var parts = text.Split(':');
        job = parts.Length == 2 ? new(parts[0], parts[1]) : default;
        return parts.Length == 2 && EntityId.IsValid(parts[0]) && EntityId.IsValid(parts[1]);
    }

    /// <summary>
    /// The session of a job that names none; the same for the same caller and command id, so that repeating a call repeats no work.
    /// </summary>
    public static string SessionFor(Identity identity, string commandId) =>
        $"{JobSessions.Prefix}{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{identity.Subject}/{commandId}")).AsSpan(0, 16))}";
}
