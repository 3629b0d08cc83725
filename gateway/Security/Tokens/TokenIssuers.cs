using System.Text.Json;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace ToolRuntime.Gateway.Security;

/// <summary>Makes issuers of their settings; says everything that is wrong with them.</summary>
internal static class TokenIssuers
{
    private static readonly string[] Known = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"];
    private static readonly string[] Usual = ["RS256", "ES256"];

    public static TokenIssuer? Read(IssuerOptions options, LimitOptions limits, TimeProvider time, string at, List<string> problems)
    {
        var before = problems.Count;
        KeyTable.CheckId(options.Name, nameof(options.Name), at, problems);
        if (options.Tenant is not null) KeyTable.CheckId(options.Tenant, nameof(options.Tenant), at, problems);
        if (string.IsNullOrWhiteSpace(options.Audience)) problems.Add($"{at}: Audience must say what the tokens' aud has.");
        if (options.Issuer is null && options.Authority is null) problems.Add($"{at}: Issuer must say what the tokens' iss is.");
        foreach (var name in options.Algorithms?.Except(Known) ?? []) problems.Add($"{at}: Algorithms: '{name}' is not allowed; those that are: {string.Join(", ", Known)}.");
        if (options.Algorithms is { Count: 0 }) problems.Add($"{at}: Algorithms must name one at least.");
        var allowed = KeyTable.ReadScopes(options.Scopes, at, problems);
        KeyTable.Check(options, at, problems);
        KeyTable.Check(options.Limits, $"{at}: Limits", problems);
        var parameters = new TokenValidationParameters
        {
            ValidIssuer = options.Issuer ?? options.Authority,
            ValidAudience = options.Audience,
            ValidAlgorithms = options.Algorithms ?? Usual,
            ClockSkew = TimeSpan.FromSeconds(options.ClockSkewSeconds),
            RequireSignedTokens = true,
            RequireExpirationTime = true,
            ValidateIssuerSigningKey = true,
            LifetimeValidator = (from, to, _, with) => IsNow(from, to, with.ClockSkew, time),
        };
        ReadKeys(options, parameters, at, problems);
        if (problems.Count > before) return null;
        var keys = parameters.IssuerSigningKeys is null ? "" : JsonSerializer.Serialize(parameters.IssuerSigningKeys.Select(key => Convert.ToHexString(key.ComputeJwkThumbprint())));
        var stamp = JsonSerializer.Serialize(new
        {
            parameters.ValidIssuer,
            options.Audience,
            options.Authority,
            keys,
            parameters.ValidAlgorithms,
            options.TenantClaim,
            options.Tenant,
            options.SubjectClaim,
            options.ScopeClaim,
            allowed,
        });
        return new(options, parameters, allowed, KeyLimits.Of(options.Limits, limits), stamp);
    }

    private static bool IsNow(DateTime? from, DateTime? to, TimeSpan skew, TimeProvider time)
    {
        var now = time.Wall().GetUtcNow().UtcDateTime;
        if (to is null) throw new SecurityTokenNoExpirationException("The token has no exp.");
        if (to + skew <= now) throw new SecurityTokenExpiredException("The token has expired.");
        return from is null || from - skew <= now;
    }

    private static void ReadKeys(IssuerOptions options, TokenValidationParameters parameters, string at, List<string> problems)
    {
        if (new[] { options.KeySet, options.KeySetFile, options.Authority }.Count(source => source is not null) != 1)
        {
            problems.Add($"{at}: exactly one of KeySet, KeySetFile and Authority says where its keys are.");
            return;
        }

        if (options.Authority is { } authority)
        {
            if (!Uri.TryCreate(authority, UriKind.Absolute, out var address) || (address.Scheme != Uri.UriSchemeHttps && !(address.Scheme == Uri.UriSchemeHttp && address.IsLoopback)))
            {
                problems.Add($"{at}: Authority '{authority}' must be an https address.");
                return;
            }

            parameters.ConfigurationManager = new ConfigurationManager<OpenIdConnectConfiguration>(
                $"{authority.TrimEnd('/')}/.well-known/openid-configuration", new OpenIdConnectConfigurationRetriever(), new HttpDocumentRetriever { RequireHttps = address.Scheme == Uri.UriSchemeHttps });
            return;
        }

        try
        {
            var keys = new JsonWebKeySet(options.KeySet ?? File.ReadAllText(options.KeySetFile!)).GetSigningKeys();
            if (keys.Count == 0 || keys.Any(key => key is SymmetricSecurityKey or JsonWebKey { Kty: "oct" })) problems.Add($"{at}: its key set must have public keys (RSA or EC), and no others.");
            parameters.IssuerSigningKeys = keys;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or JsonException)
        {
            problems.Add($"{at}: its keys can't be read: {exception.Message}");
        }
    }
}
