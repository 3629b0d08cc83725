using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ToolRuntime.Gateway.Security;
using ToolRuntime.Sessions;

namespace ToolRuntime.Gateway.Projections;

/// <summary>The session that a request runs in: the one that it names, else a new one.</summary>
internal sealed record StockSession(string Id, bool IsNew)
{
    /// <summary>Names it in a request, and in every answer.</summary>
    public const string Header = "X-ToolRuntime-Session";

    /// <summary>
    /// By the header, or else by <c>metadata.session</c>. A new one has the same name for the same caller and <c>Idempotency-Key</c>, so that repeating
    /// repeats nothing.
    /// </summary>
    public static SessionReply<StockSession> Choose(HttpContext context, JsonElement? metadata, string prefix)
    {
        var named = context.Request.Headers[Header].FirstOrDefault() ?? Named(metadata);
        if (named is not null)
        {
            const string unusable = "The session's id is not usable: [A-Za-z0-9][A-Za-z0-9._-]{0,63}.";
            return EntityId.IsValid(named) ? new(new(named, IsNew: false), null) : new(null, OpenAIError.Refuse("metadata", unusable));
        }

        var key = context.Request.Headers["Idempotency-Key"].FirstOrDefault();
        return new(new(key is null ? EntityId.New(prefix) : $"{prefix}_{Hash($"{Identity.Of(context).Subject}/{key}")}", IsNew: true), null);
    }

    private static string? Named(JsonElement? metadata) =>
        metadata is { ValueKind: JsonValueKind.Object } members && members.TryGetProperty("session", out var session) && session.ValueKind == JsonValueKind.String
            ? session.GetString()
            : null;

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 16));
}
