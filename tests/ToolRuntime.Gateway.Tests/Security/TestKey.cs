using ToolRuntime.Gateway.Security;

namespace ToolRuntime.Gateway.Tests.Security;

/// <summary>A key and the settings that let it in.</summary>
internal sealed record TestKey(string Id, string Tenant, string Subject)
{
    public string Token { get; } = KeyToken.New(Id);

    /// <summary>Null means the default ones.</summary>
    public string[]? Scopes { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Names below <c>Limits</c>, and numbers.</summary>
    public (string Name, long Value)[] Limits { get; init; } = [];

    public static TestKey Ann => new("ann1", "acme", "ann");

    /// <summary>Settings below <c>ToolRuntime:</c> for some keys.</summary>
    public static (string Name, object Value)[] Settings(params TestKey[] keys) => [.. keys.SelectMany((key, i) => key.Settings(i))];

    public IEnumerable<(string Name, object Value)> Settings(int index)
    {
        var at = $"Access:Keys:{index}";
        yield return ($"{at}:Id", Id);
        yield return ($"{at}:Hash", KeyToken.Describe(Token));
        yield return ($"{at}:Tenant", Tenant);
        yield return ($"{at}:Subject", Subject);
        if (ExpiresAt is { } ends) yield return ($"{at}:ExpiresAt", ends.ToString("O"));
        for (var i = 0; i < (Scopes?.Length ?? 0); i++) yield return ($"{at}:Scopes:{i}", Scopes![i]);
        foreach (var (name, value) in Limits) yield return ($"{at}:Limits:{name}", value);
    }
}
