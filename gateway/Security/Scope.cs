namespace ToolRuntime.Gateway.Security;

/// <summary>What a key lets its holder do; <c>docs/security.md</c> says which operation needs which.</summary>
[Flags]
internal enum Scope
{
    None = 0,

    /// <summary><c>sessions:read</c>: list, open and read sessions.</summary>
    SessionsRead = 1,

    /// <summary><c>sessions:write</c>: create and change them, and end work in them.</summary>
    SessionsWrite = 2,

    /// <summary><c>sessions:all</c>: every session of the tenant, as if its owner.</summary>
    SessionsAll = 4,

    /// <summary><c>tools:run</c>: run tools, oneself or through a model.</summary>
    ToolsRun = 8,

    /// <summary><c>tools:approve</c>: let executions start that wait for a person.</summary>
    ToolsApprove = 16,

    /// <summary><c>metrics:read</c>: figures of the whole server.</summary>
    MetricsRead = 32,

    /// <summary><c>cluster:read</c>: who is connected, of all tenants, and what the silos do.</summary>
    ClusterRead = 64,

    /// <summary><c>notices:write</c>: tell sessions that one may read, users of the tenant, or all of it.</summary>
    NoticesWrite = 128,

    /// <summary><c>notices:everybody</c>: with <c>notices:write</c>, tell other tenants, or all of them.</summary>
    NoticesEverybody = 256,

    /// <summary><c>usage:read</c>: what all users of the tenant used.</summary>
    UsageRead = 512,

    /// <summary><c>host:processes</c>: see and signal all processes of the silos' hosts, and attach to them.</summary>
    HostProcesses = 1024,
}

/// <summary>The names of scopes.</summary>
internal static class Scopes
{
    /// <summary>What a key may do that names no scopes: everything but what reaches beyond its subject.</summary>
    public const Scope Default = Scope.SessionsRead | Scope.SessionsWrite | Scope.ToolsRun | Scope.ToolsApprove;

    private static readonly Dictionary<string, Scope> ByName = new(StringComparer.Ordinal)
    {
        ["sessions:read"] = Scope.SessionsRead,
        ["sessions:write"] = Scope.SessionsWrite,
        ["sessions:all"] = Scope.SessionsAll,
        ["tools:run"] = Scope.ToolsRun,
        ["tools:approve"] = Scope.ToolsApprove,
        ["metrics:read"] = Scope.MetricsRead,
        ["cluster:read"] = Scope.ClusterRead,
        ["notices:write"] = Scope.NoticesWrite,
        ["notices:everybody"] = Scope.NoticesEverybody,
        ["usage:read"] = Scope.UsageRead,
        ["host:processes"] = Scope.HostProcesses,
    };

    public static IReadOnlyCollection<string> Names => ByName.Keys;

    public static bool TryParse(string? name, out Scope scope) => ByName.TryGetValue(name ?? "", out scope);

    /// <summary>The names of those that are set.</summary>
    public static IEnumerable<string> NamesOf(Scope scopes) => ByName.Where(scope => scopes.HasFlag(scope.Value)).Select(scope => scope.Key);

    /// <summary>Refuses what needs a scope that is not there.</summary>
    public static Rejection? Refuse(Identity identity, Scope needed)
    {
        var missing = needed & ~identity.Scopes;
        return missing == Scope.None ? null : new(ErrorCode.Forbidden, $"The key lacks {string.Join(", ", NamesOf(missing))}.");
    }
}
