namespace ToolRuntime;

/// <summary>Names a session: a tenant (from authentication, never from input) and the session's id within it.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.SessionKey")]
public readonly record struct SessionKey(string Tenant, string Session)
{
    /// <summary>The grain key, <c>tenant/session</c>.</summary>
    public override string ToString() => $"{Tenant}/{Session}";

    /// <summary>The grain key of a message, batch or execution of this session, <c>tenant/session/id</c>.</summary>
    public string Child(string id) => $"{Tenant}/{Session}/{id}";

    /// <summary>Reads the first two parts of a grain key.</summary>
    /// <exception cref="FormatException">The key has fewer than two parts.</exception>
    public static SessionKey Parse(string key)
    {
        var parts = key.Split('/');
        return parts.Length >= 2 ? new(parts[0], parts[1]) : throw new FormatException($"'{key}' is no session key.");
    }
}
