namespace ToolRuntime.Gateway.Security;

/// <summary>What a request was let in by.</summary>
/// <param name="Identity">Who it comes from.</param>
/// <param name="Key">The key; null for the developer and for users' tokens.</param>
/// <param name="ExpiresAt">When it ends; null never.</param>
/// <param name="Token">The user's token, if it was one.</param>
internal sealed record Credential(Identity Identity, AccessKey? Key, DateTimeOffset? ExpiresAt, UserToken? Token = null)
{
    public static Credential Of(HttpContext context) =>
        context.Features.Get<Credential>() ?? throw new InvalidOperationException("The request was not authenticated.");
}
