using System.Security.Cryptography;
using System.Text;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace ToolRuntime.Gateway.Security;

/// <summary>A configured issuer of user tokens, checked. Immutable.</summary>
internal sealed class TokenIssuer(IssuerOptions options, TokenValidationParameters parameters, Scope allowed, KeyLimits limits, string stamp)
{
    private static readonly JsonWebTokenHandler Handler = new() { MapInboundClaims = false, MaximumTokenSizeInBytes = UserTokens.MaxLength };

    private readonly HashSet<string> revoked = new(options.Revoked, StringComparer.Ordinal);

    public string Name => options.Name!;

    public string Issuer => parameters.ValidIssuer;

    /// <summary>Whether who was let in by the earlier issuer of that name, with that token, would be let in by this one.</summary>
    public bool Continues(UserToken token) => stamp == token.Issuer.Stamp && !IsRevoked(token.Id, token.Subject);

    private string Stamp => stamp;

    /// <summary>Checks signature, issuer, audience and times of a token, and says whose it is.</summary>
    public async ValueTask<TokenOutcome> CheckAsync(JsonWebToken token, KeyUsages usages)
    {
        if (parameters.ConfigurationManager is { } keys && await FaultOfAsync(keys) is { } fault) return new(Problem: fault, Unavailable: true);
        var result = await Handler.ValidateTokenAsync(token, parameters);
        if (!result.IsValid) return Refused(result.Exception);
        var (tenant, claimed, id) = (options.Tenant ?? Text(token, options.TenantClaim), Text(token, options.SubjectClaim), token.Id);
        if (!EntityId.IsValid(tenant)) return new(Problem: $"the claim {options.TenantClaim} names no tenant");
        if (string.IsNullOrEmpty(claimed)) return new(Problem: $"the claim {options.SubjectClaim} names nobody");
        if (IsRevoked(id, claimed)) return new(Problem: "it was revoked");
        var subject = EntityId.IsValid(claimed) ? claimed : "sha256-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(claimed)))[..40];
        var identity = new Identity(tenant!, subject, ScopesOf(token), usages.OfUser($"{Name}/{tenant}/{subject}"), limits, null);
        var ends = new DateTimeOffset(token.ValidTo, TimeSpan.Zero).AddSeconds(options.ClockSkewSeconds);
        return new(new Credential(identity, null, ends, new(this, claimed, id)));
    }

    /// <summary>Why the issuer's keys can't be had: without them nothing can be said of its tokens.</summary>
    private static async ValueTask<string?> FaultOfAsync(BaseConfigurationManager keys)
    {
        try
        {
            await keys.GetBaseConfigurationAsync(default);
            return null;
        }
        catch (Exception exception) when (exception is InvalidOperationException or IOException or HttpRequestException or OperationCanceledException)
        {
            return exception.Message;
        }
    }

    private static TokenOutcome Refused(Exception exception) =>
        exception is SecurityTokenExpiredException ? new(Problem: "it has expired", Expired: true) : new(Problem: exception.Message);

    private bool IsRevoked(string id, string subject) => revoked.Contains(subject) || (id.Length > 0 && revoked.Contains(id));

    private Scope ScopesOf(JsonWebToken token)
    {
        if (options.ScopeClaim.Length == 0) return allowed;
        var named = Scope.None;
        foreach (var claim in token.Claims.Where(claim => claim.Type == options.ScopeClaim))
        {
            foreach (var name in claim.Value.Split(' ')) if (Scopes.TryParse(name, out var scope)) named |= scope;
        }

        return named & allowed;
    }

    private static string? Text(JsonWebToken token, string claim) => token.TryGetPayloadValue<string>(claim, out var value) ? value : null;
}

/// <summary>What a token proved; else why it lets nobody in.</summary>
internal readonly record struct TokenOutcome(Credential? Credential = null, string? Problem = null, bool Expired = false, bool Unavailable = false);

/// <summary>Which token somebody was let in by.</summary>
internal sealed record UserToken(TokenIssuer Issuer, string Subject, string Id);
