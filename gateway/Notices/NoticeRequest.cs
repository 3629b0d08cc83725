using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ToolRuntime.Gateway.Commands;
using ToolRuntime.Gateway.Security;
using ToolRuntime.Notices;

namespace ToolRuntime.Gateway.Notices;

/// <summary>Reads <c>{to, text, level?, ttlMs?, expiresAt?}</c>.</summary>
internal static class NoticeRequest
{
    /// <summary>The draft, or what is wrong with the fields. The same command of the same subject names the same notice.</summary>
    public static bool TryRead(JsonElement fields, Identity identity, string commandId, [NotNullWhen(true)] out NoticeDraft? draft, [NotNullWhen(false)] out string? problem)
    {
        draft = null;
        problem = "to names none of session, user, tenant and everybody, or more than one.";
        if (Target(fields) is not { } target) return false;
        problem = "The field text is missing or malformed.";
        if (!CommandFields.TryGetString(fields, "text", out var text)) return false;
        problem = "level is none of info, success, warning and error.";
        var level = NoticeLevel.Info;
        if (fields.TryGetProperty("level", out var named) && !Enum.TryParse(LevelName(named), ignoreCase: false, out level)) return false;
        problem = "ttlMs is no whole number of milliseconds.";
        long? ttl = null;
        if (fields.TryGetProperty("ttlMs", out var ms))
        {
            if (ms.ValueKind != JsonValueKind.Number || !ms.TryGetInt64(out var number)) return false;
            ttl = number;
        }

        problem = "expiresAt is no time such as 2030-01-31T00:00:00Z.";
        DateTimeOffset? expires = null;
        if (fields.TryGetProperty("expiresAt", out var until))
        {
            if (until.ValueKind != JsonValueKind.String || !until.TryGetDateTimeOffset(out var at)) return false;
            expires = at;
        }

        (draft, problem) = (new(IdOf(identity, commandId), target, text, level, identity.Tenant, identity.Subject, TtlMs: ttl, ExpiresAt: expires), null);
        return true;
    }

    private static NoticeTarget? Target(JsonElement fields)
    {
        if (!fields.TryGetProperty("to", out var to) || to.ValueKind != JsonValueKind.Object || to.EnumerateObject().Count() != 1) return null;
        var only = to.EnumerateObject().Single();
        if (only is { Name: "everybody", Value.ValueKind: JsonValueKind.True }) return new(NoticeTargetKind.Everybody, "");
        if (only.Value.ValueKind != JsonValueKind.String || only.Value.GetString() is not { } name || !EntityId.IsValid(name)) return null;
        return only.Name switch
        {
            "session" => new(NoticeTargetKind.Session, name),
            "user" => new(NoticeTargetKind.User, name),
            "tenant" => new(NoticeTargetKind.Tenant, name),
            _ => null,
        };
    }

    private static string? LevelName(JsonElement level) => level.ValueKind != JsonValueKind.String ? null : level.GetString() switch
    {
        "info" => nameof(NoticeLevel.Info),
        "success" => nameof(NoticeLevel.Success),
        "warning" => nameof(NoticeLevel.Warning),
        "error" => nameof(NoticeLevel.Error),
        _ => null,
    };

    private static string IdOf(Identity identity, string commandId) =>
        $"n_{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{identity.Tenant}/{identity.Subject}/{commandId}")).AsSpan(0, 16))}";
}
