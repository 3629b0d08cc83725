using System.Buffers.Text;
using System.Text;
using ToolRuntime.Gateway.Connections;

namespace ToolRuntime.Gateway.Security;

/// <summary>Says who a request comes from. Without configured keys everyone on this machine is the same developer.</summary>
internal sealed class Authenticator(KeyRing ring, KeyUsages usages, UserTokens users, CookieTickets tickets, TimeProvider time)
{
    private const string BearerProtocol = "bearer.";

    private readonly Credential developer = new(
        new("dev", "dev", Scopes.Default | Scope.MetricsRead | Scope.ClusterRead | Scope.UsageRead | Scope.HostProcesses | Scope.NoticesWrite | Scope.NoticesEverybody, usages.For(""), ring.Unkeyed, null), null, null);

    /// <summary>Whether anyone is let in without credentials, which binds the server to the loopback addresses.</summary>
    public bool Keyless => ring.Keyless;

    /// <summary>The first credentials that the request has, of header, subprotocol and cookie, in that order; wrong ones are not made good by others.</summary>
    public async ValueTask<Authentication> AuthenticateAsync(HttpContext context)
    {
        if (Keyless) return new(developer, CloseCode.Normal, ByCookie: false);
        if (context.Request.Headers.Authorization is { Count: > 0 } header) return await BearerAsync(header.ToString());
        if (context.WebSockets.IsWebSocketRequest && Subprotocol(context.WebSockets.WebSocketRequestedProtocols) is { } protocol) return await AuthenticateEncodedAsync(protocol[BearerProtocol.Length..]);
        if (CookieTickets.Find(context.Request) is not { } ticket) return Authentication.None;
        var found = tickets.Read(ticket, ring.Table);
        return Check(found?.Key, found?.ExpiresAt, byCookie: true);
    }

    /// <summary>Whose token this is.</summary>
    public async ValueTask<Authentication> AuthenticateAsync(string token)
    {
        if (Keyless) return Authentication.None;
        if (!UserTokens.IsOne(token)) return Check(ring.Table.Authenticate(token), null, byCookie: false);
        var outcome = await users.AuthenticateAsync(token);
        if (outcome.Credential is { } credential) return new(credential, CloseCode.Normal, ByCookie: false);
        return outcome.Unavailable ? new(null, CloseCode.TooSlow, ByCookie: false) : outcome.Expired ? new(null, CloseCode.TokenExpired, ByCookie: false) : Authentication.None;
    }

    private static string? Subprotocol(IList<string> protocols) => protocols.FirstOrDefault(protocol => protocol.StartsWith(BearerProtocol, StringComparison.Ordinal));

    private ValueTask<Authentication> BearerAsync(string header)
    {
        const string scheme = "Bearer ";
        return header.StartsWith(scheme, StringComparison.OrdinalIgnoreCase) ? AuthenticateAsync(header[scheme.Length..].Trim()) : new(Authentication.None);
    }

    private ValueTask<Authentication> AuthenticateEncodedAsync(string encoded)
    {
        if (encoded.Length > 2 * UserTokens.MaxLength || !Base64Url.IsValid(encoded)) return new(Authentication.None);
        return AuthenticateAsync(Encoding.UTF8.GetString(Base64Url.DecodeFromChars(encoded)));
    }

    private Authentication Check(AccessKey? key, DateTimeOffset? ticketEnds, bool byCookie)
    {
        if (key is null) return Authentication.None with { ByCookie = byCookie };
        var ends = ticketEnds is null || key.ExpiresAt < ticketEnds ? key.ExpiresAt : ticketEnds;
        return ends <= time.Wall().GetUtcNow() ? new(null, CloseCode.TokenExpired, byCookie) : new(new(key.Identity, key, ends), CloseCode.Normal, byCookie);
    }
}

/// <summary>Who a request comes from, or else what a WebSocket is closed with.</summary>
internal readonly record struct Authentication(Credential? Credential, CloseCode Refusal, bool ByCookie)
{
    public static Authentication None { get; } = new(null, CloseCode.Unauthenticated, ByCookie: false);

    public Rejection Rejection => Refusal switch
    {
        CloseCode.TooSlow => new(ErrorCode.Unavailable, "The keys of the token's issuer can't be had just now.", Retryable: true),
        CloseCode.TokenExpired => new(ErrorCode.Unauthenticated, "The credentials have expired."),
        _ => new(ErrorCode.Unauthenticated, "Credentials are needed."),
    };
}
