using Microsoft.IdentityModel.JsonWebTokens;

namespace ToolRuntime.Gateway.Security;

/// <summary>Lets in who shows a token of a configured issuer.</summary>
internal sealed partial class UserTokens(KeyRing ring, KeyUsages usages, ILogger<UserTokens> logger)
{
    /// <summary>Characters of the longest token that is looked at.</summary>
    public const int MaxLength = 8_192;

    /// <summary>Whether it looks like one; keys have two dots as well, and a beginning of their own.</summary>
    public static bool IsOne(ReadOnlySpan<char> token) => token.StartsWith("ey", StringComparison.Ordinal) && token.Count('.') == 2;

    public async ValueTask<TokenOutcome> AuthenticateAsync(string token)
    {
        if (ring.Table.HasNoIssuers || token.Length > MaxLength) return default;
        if (!TryRead(token, out var read)) return default;
        if (ring.Table.FindIssuer(read.Issuer) is not { } issuer) return default;
        var outcome = await issuer.CheckAsync(read, usages);
        if (outcome.Problem is { } problem) LogRefused(issuer.Name, problem);
        return outcome;
    }

    private static bool TryRead(string token, out JsonWebToken read)
    {
        try
        {
            read = new(token);
            return true;
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException)
        {
            read = null!;
            return false;
        }
    }

    [LoggerMessage(5004, LogLevel.Debug, "A token of {Issuer} lets nobody in: {Problem}")]
    private partial void LogRefused(string issuer, string problem);
}
