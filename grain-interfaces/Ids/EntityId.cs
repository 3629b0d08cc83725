namespace ToolRuntime;

/// <summary>The one rule for ids on the wire: <c>[A-Za-z0-9][A-Za-z0-9._-]{0,63}</c>.</summary>
public static class EntityId
{
    /// <summary>Longest id, in characters.</summary>
    public const int MaxLength = 64;

    /// <summary>Whether <paramref name="id"/> may name a tenant, session, message, batch, execution, call or subject.</summary>
    public static bool IsValid(string? id)
    {
        if (id is null || id.Length is 0 or > MaxLength || !char.IsAsciiLetterOrDigit(id[0])) return false;
        foreach (var c in id)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('.' or '_' or '-')) return false;
        }

        return true;
    }

    /// <summary>A new id: <paramref name="prefix"/>, an underscore, and 22 characters that sort by creation time.</summary>
    public static string New(string prefix) => $"{prefix}_{Guid.CreateVersion7():N}";
}
