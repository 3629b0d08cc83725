using System.Text.Json;

namespace ToolRuntime.Gateway.Tests;

/// <summary>Reads a <c>text/event-stream</c>.</summary>
internal sealed class EventStreamClient : IDisposable
{
    private readonly HttpClient http;
    private readonly HttpResponseMessage response;
    private readonly StreamReader reader;

    private EventStreamClient(HttpClient http, HttpResponseMessage response, Stream stream) => (this.http, this.response, reader) = (http, response, new(stream));

    public HttpResponseMessage Response => response;

    /// <summary>Comments seen so far.</summary>
    public int Comments { get; private set; }

    public static async Task<EventStreamClient> GetAsync(World world, string path, string? lastEventId = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (lastEventId is not null) request.Headers.Add("Last-Event-ID", lastEventId);
        return await SendAsync(world, request);
    }

    public static async Task<EventStreamClient> SendAsync(World world, HttpRequestMessage request)
    {
        var http = world.Http();
        request.Headers.Accept.Add(new("text/event-stream"));
        var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        return new(http, response, await response.Content.ReadAsStreamAsync());
    }

    /// <summary>The next event; null at the end.</summary>
    public async Task<StreamedEvent?> NextAsync()
    {
        var (type, id, data) = ("message", (string?)null, new List<string>());
        while (await reader.ReadLineAsync().WaitAsync(World.Patience) is { } line)
        {
            if (line.Length == 0 && data.Count > 0) return new(type, id, JsonDocument.Parse(string.Join('\n', data)).RootElement.Clone());
            if (line.StartsWith(':')) Comments++;
            else if (line.StartsWith("event: ", StringComparison.Ordinal)) type = line[7..];
            else if (line.StartsWith("id: ", StringComparison.Ordinal)) id = line[4..];
            else if (line.StartsWith("data: ", StringComparison.Ordinal)) data.Add(line[6..]);
        }

        return null;
    }

    public async Task<List<StreamedEvent>> ReadToEndAsync()
    {
        var all = new List<StreamedEvent>();
        while (await NextAsync() is { } next) all.Add(next);
        return all;
    }

    /// <summary>Reads comments until there is one.</summary>
    public async Task CommentAsync()
    {
        var before = Comments;
        while (Comments == before && await reader.ReadLineAsync().WaitAsync(World.Patience) is { } line)
        {
            if (line.StartsWith(':')) Comments++;
        }
    }

    public void Dispose()
    {
        reader.Dispose();
        response.Dispose();
        http.Dispose();
    }
}

/// <summary>One event of a stream.</summary>
internal sealed record StreamedEvent(string Type, string? Id, JsonElement Data);
