namespace ToolRuntime.Gateway.Security;

/// <summary>What an address asks of who calls it; without one, credentials and no particular scope.</summary>
/// <param name="Open">Whether anybody may call it.</param>
/// <param name="Handshakes">Whether it answers WebSocket handshakes, refused ones too.</param>
/// <param name="Scope">The scopes needed.</param>
internal sealed record RouteAccess(bool Open = false, bool Handshakes = false, Scope Scope = Scope.None)
{
    public static RouteAccess Default { get; } = new();
}

/// <summary>Says what addresses ask.</summary>
internal static class RouteAccessExtensions
{
    /// <summary>Anybody may call the address, without credentials.</summary>
    public static TBuilder AllowAnybody<TBuilder>(this TBuilder route)
        where TBuilder : IEndpointConventionBuilder => route.WithMetadata(new RouteAccess(Open: true));

    /// <summary>Whoever calls the address needs the scopes.</summary>
    public static TBuilder RequireScope<TBuilder>(this TBuilder route, Scope scope)
        where TBuilder : IEndpointConventionBuilder => route.WithMetadata(new RouteAccess(Scope: scope));

    /// <summary>
    /// The address is a WebSocket's: whoever may not connect is told so by the close code, since a page can't see the status of a
    /// handshake.
    /// </summary>
    public static TBuilder AnswerHandshakes<TBuilder>(this TBuilder route, Scope scope = Scope.None)
        where TBuilder : IEndpointConventionBuilder => route.WithMetadata(new RouteAccess(Handshakes: true, Scope: scope));
}
