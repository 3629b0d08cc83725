using System.Buffers;
using System.IO.Pipelines;
using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;
using ToolRuntime.Blobs;
using ToolRuntime.Tools.Providers;

namespace ToolRuntime.Tools.Images;

/// <summary>OpenAI's <c>POST /images/generations</c>, streamed; a server that does not stream may answer with one object.</summary>
internal sealed class OpenAIImages(IOptions<ImageOptions> options, ProviderHttp http) : IImageProvider
{
    private const string PartialType = "image_generation.partial_image", CompletedType = "image_generation.completed";

    public string Name => "openai";

    public string Model => options.Value.OpenAIModel;

    public bool HasKey => options.Value.OpenAIApiKey is not null;

    public Task<byte[]> GenerateAsync(ImageRequest request, Func<byte[], ValueTask> partial, IToolContext context, CancellationToken cancellationToken)
    {
        var provider = new Provider("OpenAI", options.Value.OpenAIApiKey, options.Value.Timeout, options.Value.MaxAnswerBytes);
        return http.CallAsync(provider, () => Request(request), (body, token) => PaidAnswer.ReadAsync(ReadAsync(body, provider, partial, token)), context, cancellationToken);
    }

    private HttpRequestMessage Request(ImageRequest wanted)
    {
        var body = JsonText.Object(json =>
        {
            json.WriteString("model", Model);
            json.WriteString("prompt", wanted.Prompt);
            json.WriteNumber("n", 1);
            json.WriteString("size", wanted.Shape switch { "square" => "1024x1024", "landscape" => "1536x1024", "portrait" => "1024x1536", _ => "auto" });
            json.WriteString("quality", wanted.Quality ?? "auto");
            if (options.Value.PartialImages == 0) return;
            json.WriteBoolean("stream", true);
            json.WriteNumber("partial_images", options.Value.PartialImages);
        });
        return new(HttpMethod.Post, ProviderUrl.Of(options.Value.OpenAIUrl, "images/generations"))
        {
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body.Json)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
            Headers = { { "Accept", "text/event-stream" } },
        };
    }

    private static async Task<byte[]> ReadAsync(Stream body, Provider provider, Func<byte[], ValueTask> partial, CancellationToken cancellationToken)
    {
        var pipe = PipeReader.Create(body, new(leaveOpen: true));
        var begin = await pipe.ReadAtLeastAsync(1, cancellationToken);
        var whole = begin.Buffer.Length > 0 && begin.Buffer.FirstSpan[0] == '{';
        pipe.AdvanceTo(begin.Buffer.Start);
        await using var answer = pipe.AsStream();
        if (!whole) return await ReadEventsAsync(answer, provider, partial, cancellationToken);
        using var document = await JsonDocument.ParseAsync(answer, cancellationToken: cancellationToken);
        var data = document.RootElement.TryGetProperty("data", out var list) && list.ValueKind == JsonValueKind.Array && list.GetArrayLength() > 0 ? list[0] : default;
        return PictureOf(data, provider);
    }

    private static async Task<byte[]> ReadEventsAsync(Stream answer, Provider provider, Func<byte[], ValueTask> partial, CancellationToken cancellationToken)
    {
        await foreach (var happened in SseParser.Create(answer, (_, data) => Parse(data)).EnumerateAsync(cancellationToken))
        {
            if (happened.Data is not { ValueKind: JsonValueKind.Object } data) continue;
            var type = data.TryGetProperty("type", out var named) && named.ValueKind == JsonValueKind.String ? named.GetString() : happened.EventType;
            if (type == CompletedType) return PictureOf(data, provider);
            if (type == PartialType) await partial(PictureOf(data, provider));
            else if (type == "error" || data.TryGetProperty("error", out _)) throw ProviderFaults.Failed(provider, ProviderWords.Of(data, provider));
        }

        throw ProviderFaults.CutOff(provider, new EndOfStreamException());
    }

    private static JsonElement? Parse(ReadOnlySpan<byte> data)
    {
        if (data.SequenceEqual("[DONE]"u8)) return null;
        var reader = new Utf8JsonReader(data);
        return JsonElement.ParseValue(ref reader);
    }

    private static byte[] PictureOf(JsonElement data, Provider provider) =>
        data.ValueKind == JsonValueKind.Object && data.TryGetProperty("b64_json", out var text) && text.ValueKind == JsonValueKind.String
        && text.TryGetBytesFromBase64(out var bytes) && PictureHead.Read(bytes) is not null
            ? bytes
            : throw ProviderFaults.Malformed(provider, "there is no picture in it");
}
