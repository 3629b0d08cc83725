namespace ToolRuntime.Gateway.Security;

/// <summary>Who may talk to the server from where; section <c>ToolRuntime:Access</c>.</summary>
public sealed class AccessOptions
{
    /// <summary>Where these are configured.</summary>
    public const string Section = "ToolRuntime:Access";

    /// <summary>Origins of pages, <c>scheme://host[:port]</c>, allowed besides the server's own. Default none.</summary>
    public IList<string> AllowedOrigins { get; } = [];
}
