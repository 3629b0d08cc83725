using System.ComponentModel.DataAnnotations;

namespace ToolRuntime.Gateway.Security;

/// <summary>
/// A service whose signed user tokens (JWT, RFC 7519) let their holders in; an entry of <c>ToolRuntime:Access:Issuers</c>. Its public keys come from
/// exactly one of <see cref="KeySet"/>, <see cref="KeySetFile"/> and <see cref="Authority"/>.
/// </summary>
public sealed class IssuerOptions
{
    /// <summary>Its name in settings, limits and logs, unique.</summary>
    public string? Name { get; set; }

    /// <summary>What the tokens' <c>iss</c> must be, unique; by default <see cref="Authority"/>.</summary>
    public string? Issuer { get; set; }

    /// <summary>What their <c>aud</c> must have. Needed: a token made for another service lets nobody in here.</summary>
    public string? Audience { get; set; }

    /// <summary>The keys: a JSON Web Key Set (RFC 7517) as text.</summary>
    public string? KeySet { get; set; }

    /// <summary>A file with them. Read at start, and when the configuration changes.</summary>
    public string? KeySetFile { get; set; }

    /// <summary>The address below which <c>/.well-known/openid-configuration</c> tells of them; https, but for this machine. Asked when first needed and each 12 hours.</summary>
    public string? Authority { get; set; }

    /// <summary>The algorithms that a token may be signed with. Default <c>RS256</c> and <c>ES256</c>; also RS, PS and ES with 384 and 512. Symmetric ones are refused.</summary>
    public IList<string>? Algorithms { get; set; }

    /// <summary>The claim that names the tenant. Default <c>tenant</c>.</summary>
    public string TenantClaim { get; set; } = "tenant";

    /// <summary>The tenant of all its tokens, in place of a claim. Default none.</summary>
    public string? Tenant { get; set; }

    /// <summary>The claim that names the subject. Default <c>sub</c>. One that is no id of ours (<c>auth0|42</c>) becomes <c>sha256-</c> and 40 digits of its hash.</summary>
    public string SubjectClaim { get; set; } = "sub";

    /// <summary>The claim with the scopes, separated by spaces or as a list. Default <c>scope</c>. Empty: each token has all of <see cref="Scopes"/>.</summary>
    public string ScopeClaim { get; set; } = "scope";

    /// <summary>What its tokens may have at most; whatever else they name counts for nothing. Default as for keys.</summary>
    public IList<string>? Scopes { get; set; }

    /// <summary>Tokens that count no more before their end: values of <c>jti</c>, or of the subject's claim for all tokens of a user. Open connections of theirs end.</summary>
    public IList<string> Revoked { get; } = [];

    /// <summary>By how many seconds clocks may differ, 0 to 300. Default 30.</summary>
    [Range(0, 300)]
    public int ClockSkewSeconds { get; set; } = 30;

    /// <summary>Limits of each of its users; what it leaves out is as in <see cref="AccessOptions.Limits"/>.</summary>
    public LimitOptions Limits { get; set; } = new();
}
