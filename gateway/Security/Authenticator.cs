namespace ToolRuntime.Gateway.Security;

/// <summary>Says who a request comes from. Without configured keys everyone on this machine is the same developer.</summary>
internal sealed class Authenticator
{
    private static readonly Identity Developer = new("dev", "dev", AllSessions: false);

    /// <summary>Whether anyone is let in without credentials, which binds the server to the loopback addresses.</summary>
    public bool Keyless { get; } = true;

    public Identity? Authenticate(HttpContext context) => Keyless ? Developer : null;
}
