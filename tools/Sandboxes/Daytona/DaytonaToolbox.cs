using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using ToolRuntime.Tools.Providers;

namespace ToolRuntime.Tools.Sandboxes.Daytona;

/// <summary>The calls of one sandbox: its processes and its files.</summary>
internal sealed class DaytonaToolbox(DaytonaHttp http, Uri toolbox, ToolCounters? counters)
{
    /// <summary>Runs a script of ours to its end, and says what it printed.</summary>
    /// <exception cref="ProviderException">It was not run, or did not end as our scripts do.</exception>
    public Task<string> ExecuteAsync(string script, CancellationToken cancellationToken, params string[] arguments) => ExecuteAsync(script, TimeSpan.Zero, cancellationToken, arguments);

    /// <summary>The same of a script that waits for so long by itself.</summary>
    public async Task<string> ExecuteAsync(string script, TimeSpan waits, CancellationToken cancellationToken, params string[] arguments)
    {
        var time = http.Provider.Timeout + waits;
        var body = JsonText.Object(json =>
        {
            json.WriteString("command", $"{ShellQuote.Script(script, arguments)} </dev/null 2>/dev/null");
            json.WriteNumber("timeout", (int)Math.Ceiling(time.TotalSeconds));
        });
        var answer = await http.AskAsync(HttpMethod.Post, Url("process/execute"), body, counters, cancellationToken, time);
        if (answer.ValueKind != JsonValueKind.Object || !answer.TryGetProperty("result", out var result) || result.ValueKind != JsonValueKind.String) throw Malformed("it has no 'result'");
        return result.GetString()!;
    }

    /// <summary>Makes a session of processes; that there is one already is no failure.</summary>
    public async Task CreateSessionAsync(string session, CancellationToken cancellationToken)
    {
        try
        {
            await http.AskAsync(HttpMethod.Post, Url("process/session"), JsonText.Object(json => json.WriteString("sessionId", session)), counters, cancellationToken);
        }
        catch (ProviderException e) when (e.Status == HttpStatusCode.Conflict)
        {
            // An earlier try of the same call made it.
        }
    }

    /// <summary>The ids of all sessions of processes.</summary>
    public async Task<IReadOnlyList<string>> SessionsAsync(CancellationToken cancellationToken)
    {
        var answer = await http.AskAsync(HttpMethod.Get, Url("process/session"), null, counters, cancellationToken);
        return answer.ValueKind != JsonValueKind.Array ? [] : [.. answer.EnumerateArray().Select(session => Text(session, "sessionId")).OfType<string>()];
    }

    /// <summary>Ends all that a session of processes runs, and forgets its logs.</summary>
    public async Task DeleteSessionAsync(string session, CancellationToken cancellationToken)
    {
        try
        {
            await http.AskAsync(HttpMethod.Delete, Url($"process/session/{Name(session)}"), null, counters, cancellationToken);
        }
        catch (ProviderException e) when (e.Status is HttpStatusCode.NotFound or HttpStatusCode.Gone)
        {
            // It is gone.
        }
    }

    /// <summary>Starts a command and says its id.</summary>
    public async Task<string> StartAsync(string session, string command, CancellationToken cancellationToken)
    {
        var body = JsonText.Object(json =>
        {
            json.WriteString("command", command);
            json.WriteBoolean("runAsync", true);
            json.WriteBoolean("suppressInputEcho", true);
        });
        var answer = await http.AskAsync(HttpMethod.Post, Url($"process/session/{Name(session)}/exec"), body, counters, cancellationToken);
        return Text(answer, "cmdId") ?? throw Malformed("it names no command");
    }

    /// <summary>The first command of a session; null if there is none.</summary>
    public async Task<string?> FirstCommandAsync(string session, CancellationToken cancellationToken)
    {
        var answer = await http.AskAsync(HttpMethod.Get, Url($"process/session/{Name(session)}"), null, counters, cancellationToken);
        if (answer.ValueKind != JsonValueKind.Object || !answer.TryGetProperty("commands", out var commands) || commands.ValueKind != JsonValueKind.Array) return null;
        return commands.EnumerateArray().Select(command => Text(command, "id")).FirstOrDefault(id => id is not null);
    }

    /// <summary>Whether a command has ended, by the service's record.</summary>
    public async Task<bool> HasEndedAsync(string session, string command, CancellationToken cancellationToken)
    {
        var answer = await http.AskAsync(HttpMethod.Get, Url($"process/session/{Name(session)}/command/{Name(command)}"), null, counters, cancellationToken);
        if (Text(answer, "id") is null) throw Malformed("it is no command's");
        return answer.TryGetProperty("exitCode", out var code) && code.ValueKind == JsonValueKind.Number;
    }

    /// <summary>Passes a line to a command's standard input.</summary>
    public Task SendAsync(string session, string command, string line, CancellationToken cancellationToken) => http.AskAsync(
        HttpMethod.Post,
        Url($"process/session/{Name(session)}/command/{Name(command)}/input"),
        JsonText.Object(json => json.WriteString("data", line + "\n")),
        counters,
        cancellationToken,
        TimeSpan.FromMinutes(1));

    /// <summary>Where a command's log can be followed.</summary>
    public Uri LogOf(string session, string command)
    {
        var url = new UriBuilder(Url($"process/session/{Name(session)}/command/{Name(command)}/logs")) { Query = "follow=true" };
        url.Scheme = url.Scheme == "https" ? "wss" : "ws";
        return url.Uri;
    }

    /// <summary>Lets a file be read.</summary>
    public Task<T> DownloadAsync<T>(string path, TimeSpan timeout, int maxBytes, Func<Stream, CancellationToken, Task<T>> read, CancellationToken cancellationToken) => http.CallAsync(
        HttpMethod.Get, Url("files/download", path), () => null, read, counters, cancellationToken, http.Provider with { Timeout = timeout, MaxBytes = maxBytes });

    /// <summary>Puts a file somewhere, which is told of as it is sent.</summary>
    public Task UploadAsync(string path, ReadOnlyMemory<byte> content, TimeSpan timeout, Func<int, ValueTask> written, CancellationToken cancellationToken)
    {
        return http.CallAsync(
            HttpMethod.Post, Url("files/upload", path), Content, (_, _) => Task.FromResult(true), counters, cancellationToken, http.Provider with { Timeout = timeout });

        HttpContent Content()
        {
            var file = new MeasuredContent(content, written);
            file.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
            return new MultipartFormDataContent { { file, "file", "file" } };
        }
    }

    private Uri Url(string path) => ProviderUrl.Of(toolbox, path);

    private Uri Url(string call, string path) => Url(string.Create(CultureInfo.InvariantCulture, $"{call}?path={Uri.EscapeDataString(path)}"));

    private static string Name(string id) => Uri.EscapeDataString(id);

    private ProviderException Malformed(string why) => ProviderFaults.Malformed(http.Provider, why);

    private static string? Text(JsonElement value, string name) =>
        value.ValueKind == JsonValueKind.Object && value.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.String ? member.GetString() : null;
}
