using System.Text.Json;
using ToolRuntime.Gateway.Connections;
using ToolRuntime.Gateway.Security;

namespace ToolRuntime.Gateway.Commands;

/// <summary><c>auth.refresh</c>: a connection goes on under another token of the same holder.</summary>
internal sealed class TokenRefresh(Authenticator authenticator, Grants grants)
{
    public async Task<CommandAnswer> HandleAsync(Connection connection, CommandEnvelope envelope)
    {
        if (authenticator.Keyless) return CommandAnswer.Invalid(envelope.Id, "This server has no tokens to refresh.");
        using var document = JsonDocument.Parse(envelope.Json);
        if (!CommandFields.TryGetString(document.RootElement, "token", out var token))
        {
            return CommandAnswer.Invalid(envelope.Id, "The field token is missing or malformed.");
        }

        var authentication = await authenticator.AuthenticateAsync(token);
        if (authentication.Credential is not { } credential) return CommandAnswer.Error(envelope.Id, authentication.Rejection);
        if (!credential.Identity.IsSameAs(connection.Identity))
        {
            return CommandAnswer.Error(envelope.Id, new(ErrorCode.Forbidden, "The token belongs to somebody else."));
        }

        grants.Renew(connection.Grant, credential);
        return CommandAnswer.Ack(envelope.Id, writer =>
        {
            if (credential.ExpiresAt is { } ends)
            {
                writer.WriteString("expiresAt", ends.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", null));
            }

        });
    }
}
