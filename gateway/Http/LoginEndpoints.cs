using System.Text.Json;
using Microsoft.Extensions.Options;
using ToolRuntime.Gateway.Commands;
using ToolRuntime.Gateway.Connections;
using ToolRuntime.Gateway.Security;

namespace ToolRuntime.Gateway.Http;

/// <summary><c>POST /v1/login</c> and <c>POST /v1/logout</c>: the page's cookie for a key, and away with it.</summary>
internal sealed class LoginEndpoints(Authenticator authenticator, CookieTickets tickets, IOptionsMonitor<AccessOptions> options, ConnectionOptions limits, TimeProvider time)
{
    public async Task SignInAsync(HttpContext context)
    {
        var body = await RequestBody.ReadAsync(context, limits);
        var (credential, refusal) = body.Value is { } json ? await CheckAsync(json) : (null, body.Error);
        if (credential is not { Key: { } key })
        {
            await HttpErrors.WriteAsync(context, refusal!);
            return;
        }

        var ends = time.Wall().GetUtcNow().AddHours(options.CurrentValue.CookieHours);
        tickets.Write(context, key, credential.ExpiresAt < ends ? credential.ExpiresAt.Value : ends);
        await HttpJson.WriteAsync(context, writer =>
        {
            writer.WriteString("tenant", credential.Identity.Tenant);
            writer.WriteString("subject", credential.Identity.Subject);
        });
    }

    public Task SignOutAsync(HttpContext context)
    {
        tickets.Clear(context);
        return HttpJson.WriteAsync(context, _ => { });
    }

    private async ValueTask<(Credential? Credential, Rejection? Refusal)> CheckAsync(byte[] json)
    {
        if (authenticator.Keyless) return (null, new(ErrorCode.Conflict, "This server asks for no key."));
        if (!CommandEnvelope.TryReadObject(json, out _, out var problem)) return (null, new(ErrorCode.InvalidCommand, problem));
        using var document = JsonDocument.Parse(json);
        if (!CommandFields.TryGetString(document.RootElement, "key", out var key)) return (null, new(ErrorCode.InvalidCommand, "The field key is missing or malformed."));
        var authentication = await authenticator.AuthenticateAsync(key);
        if (authentication.Credential is { Key: null }) return (null, new(ErrorCode.InvalidCommand, "One signs in with a key; a token goes with each request, as Authorization."));
        return (authentication.Credential, authentication.Credential is null ? authentication.Rejection : null);
    }
}
