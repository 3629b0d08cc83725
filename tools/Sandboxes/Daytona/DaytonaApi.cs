using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Options;
using ToolRuntime.Tools.Providers;

namespace ToolRuntime.Tools.Sandboxes.Daytona;

/// <summary>Daytona's calls that are about whole sandboxes.</summary>
internal sealed class DaytonaApi(IOptions<DaytonaOptions> options, DaytonaHttp http)
{
    private const string Tenant = "toolruntime.tenant";
    private const string Session = "toolruntime.session";

    /// <summary>The sandbox of that id or name; null if there is none.</summary>
    public async Task<SandboxFacts?> FindAsync(string idOrName, ToolCounters? counters, CancellationToken cancellationToken)
    {
        try
        {
            return Read(await http.AskAsync(HttpMethod.Get, Url(idOrName), null, counters, cancellationToken));
        }
        catch (ProviderException e) when (e.Status == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    /// <summary>Makes a sandbox; null where there is one of that name already.</summary>
    public async Task<SandboxFacts?> CreateAsync(string name, SessionKey session, ToolCounters? counters, CancellationToken cancellationToken)
    {
        var settings = options.Value;
        var body = JsonText.Object(json =>
        {
            json.WriteString("name", name);
            json.WriteStartObject("labels");
            json.WriteString(Tenant, session.Tenant);
            json.WriteString(Session, session.Session);
            json.WriteEndObject();
            if (settings.Snapshot is { Length: > 0 } snapshot) json.WriteString("snapshot", snapshot);
            if (settings.Target is { Length: > 0 } target) json.WriteString("target", target);
            json.WriteBoolean("public", false);
            json.WriteBoolean("networkBlockAll", !settings.Network);
            json.WriteNumber("autoStopInterval", settings.AutoStopMinutes);
            json.WriteNumber("autoDeleteInterval", settings.AutoDeleteMinutes);
        });
        try
        {
            return Read(await http.AskAsync(HttpMethod.Post, ProviderUrl.Of(settings.ApiUrl, "sandbox"), body, counters, cancellationToken, settings.StartTimeout));
        }
        catch (ProviderException e) when (e.Status == HttpStatusCode.Conflict)
        {
            return null;
        }
    }

    /// <summary>Starts a stopped one. That its state is just changing is no failure.</summary>
    public async Task StartAsync(string id, ToolCounters? counters, CancellationToken cancellationToken)
    {
        try
        {
            await http.AskAsync(HttpMethod.Post, Url(id, "/start"), null, counters, cancellationToken, options.Value.StartTimeout);
        }
        catch (ProviderException e) when (e.Status is HttpStatusCode.Conflict or HttpStatusCode.BadRequest)
        {
            // Somebody else starts it too, or it has started.
        }
    }

    /// <summary>Tells that a sandbox is in use; what runs in it does not count there.</summary>
    public Task KeepAsync(string id, ToolCounters? counters, CancellationToken cancellationToken) =>
        http.AskAsync(HttpMethod.Post, Url(id, "/last-activity"), null, counters, cancellationToken);

    /// <summary>Deletes it with all that is in it, if it is there.</summary>
    public async Task DeleteAsync(string id, CancellationToken cancellationToken)
    {
        try
        {
            await http.AskAsync(HttpMethod.Delete, Url(id), null, null, cancellationToken, options.Value.StartTimeout);
        }
        catch (ProviderException e) when (e.Status == HttpStatusCode.NotFound)
        {
            // It is gone.
        }
    }

    /// <summary>Where a sandbox's own calls go, if its description does not say.</summary>
    public async Task<Uri> ToolboxOfAsync(SandboxFacts sandbox, ToolCounters? counters, CancellationToken cancellationToken)
    {
        if (sandbox.Toolbox is { } known) return known;
        var answer = await http.AskAsync(HttpMethod.Get, Url(sandbox.Id, "/toolbox-proxy-url"), null, counters, cancellationToken);
        return ToolboxOf(Text(answer, "url"), sandbox.Id) ?? throw ProviderFaults.Malformed(http.Provider, "it names no address of the sandbox");
    }

    private SandboxFacts Read(JsonElement answer)
    {
        var id = Text(answer, "id");
        if (string.IsNullOrEmpty(id)) throw ProviderFaults.Malformed(http.Provider, "it is no sandbox's");
        var labels = answer.TryGetProperty("labels", out var given) ? given : default;
        return new(id, Text(answer, "state") ?? "unknown", Text(answer, "errorReason"), ToolboxOf(Text(answer, "toolboxProxyUrl"), id), Text(labels, Tenant), Text(labels, Session));
    }

    private static Uri? ToolboxOf(string? proxy, string id) =>
        Uri.TryCreate(proxy, UriKind.Absolute, out var url) && ProviderUrl.IsUsable(url) ? ProviderUrl.Of(url, Uri.EscapeDataString(id)) : null;

    private static string? Text(JsonElement value, string name) =>
        value.ValueKind == JsonValueKind.Object && value.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.String ? member.GetString() : null;

    private Uri Url(string idOrName, string rest = "") => ProviderUrl.Of(options.Value.ApiUrl, $"sandbox/{Uri.EscapeDataString(idOrName)}{rest}");
}

/// <summary>What Daytona says of a sandbox.</summary>
/// <param name="Id">Its id.</param>
/// <param name="State">As Daytona names it.</param>
/// <param name="Reason">Why it is in error.</param>
/// <param name="Toolbox">Where its own calls go.</param>
/// <param name="Tenant">Whose it is, by its labels.</param>
/// <param name="Session">Which session's.</param>
internal sealed record SandboxFacts(string Id, string State, string? Reason, Uri? Toolbox, string? Tenant, string? Session);
