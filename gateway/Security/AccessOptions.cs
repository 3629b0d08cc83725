using System.ComponentModel.DataAnnotations;

namespace ToolRuntime.Gateway.Security;

/// <summary>
/// Who may talk to the server from where; section <c>ToolRuntime:Access</c>. Checked by <see cref="KeyTable"/>; what is about keys applies
/// without a restart.
/// </summary>
public sealed class AccessOptions
{
    /// <summary>Where these are configured.</summary>
    public const string Section = "ToolRuntime:Access";

    /// <summary>Origins of pages, <c>scheme://host[:port]</c>, allowed besides the server's own. Default none.</summary>
    public IList<string> AllowedOrigins { get; } = [];

    /// <summary>The keys. Without any, and without issuers, everybody on this machine is the developer, and nobody else is let in.</summary>
    public IList<KeyOptions> Keys { get; } = [];

    /// <summary>Services whose users' tokens (JWT) let in, besides the keys. Default none.</summary>
    public IList<IssuerOptions> Issuers { get; } = [];

    /// <summary>A JSON file of settings like <c>appsettings.json</c>, for the keys; watched. Default none.</summary>
    public string? File { get; set; }

    /// <summary>Limits of keys that name none of their own.</summary>
    public LimitOptions Limits { get; set; } = new();

    /// <summary>How long a browser stays signed in, hours. Default 168.</summary>
    [Range(1, 8_760)]
    public int CookieHours { get; set; } = 168;

    /// <summary>
    /// What the sign-in cookie is signed with, at least 32 characters; the same for all gateways. Default a random one, kept in the data
    /// folder.
    /// </summary>
    [MinLength(32)]
    public string? CookieSecret { get; set; }

    /// <summary>
    /// The domain that all gateways are in, such as <c>chat.example.com</c> for <c>eu1.chat.example.com</c> and others: the cookie of one is then
    /// good at all, and goes to whatever else is in that domain. Default none: it goes back to the gateway's own host only.
    /// </summary>
    [RegularExpression(@"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")]
    public string? CookieDomain { get; set; }

    /// <summary>What of the section could not be read at all.</summary>
    internal List<string> Faults { get; } = [];
}

/// <summary>A key. <c>keys new</c> makes one and prints its entry.</summary>
public sealed class KeyOptions
{
    /// <summary>Its name, unique; part of the key itself.</summary>
    public string? Id { get; set; }

    /// <summary>
    /// <c>sha256:</c> and the SHA-256 of the key in hexadecimal. A key is 256 random bits, so that there is nothing to guess and no need of
    /// salt.
    /// </summary>
    public string? Hash { get; set; }

    /// <summary>The tenant that its holder belongs to.</summary>
    public string? Tenant { get; set; }

    /// <summary>The user or service that its holder is within the tenant.</summary>
    public string? Subject { get; set; }

    /// <summary>What it allows. Default all but <c>sessions:all</c> and <c>metrics:read</c>.</summary>
    public IList<string>? Scopes { get; set; }

    /// <summary>When it ends, ISO 8601; UTC if it says nothing else. Default never.</summary>
    public string? ExpiresAt { get; set; }

    /// <summary>Its own limits; what it leaves out is as in <see cref="AccessOptions.Limits"/>.</summary>
    public LimitOptions Limits { get; set; } = new();
}
