using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;
using ToolRuntime.Blobs;
using ToolRuntime.Tools.Providers;

namespace ToolRuntime.Tools.Images;

/// <summary>Gemini's <c>POST /models/{model}:generateContent</c> with pictures among what it may answer. It gives none on the way.</summary>
internal sealed class GeminiImages(IOptions<ImageOptions> options, ProviderHttp http) : IImageProvider
{
    public string Name => "gemini";

    public string Model => options.Value.GeminiModel;

    public bool HasKey => options.Value.GeminiApiKey is not null;

    public Task<byte[]> GenerateAsync(ImageRequest request, Func<byte[], ValueTask> partial, IToolContext context, CancellationToken cancellationToken)
    {
        var provider = new Provider("Gemini", options.Value.GeminiApiKey, options.Value.Timeout, options.Value.MaxAnswerBytes) { KeyHeader = "x-goog-api-key" };
        return http.CallAsync(provider, () => Request(request), (body, token) => PaidAnswer.ReadAsync(ReadAsync(body, token)), context, cancellationToken);

        async Task<byte[]> ReadAsync(Stream body, CancellationToken token)
        {
            using var document = await JsonDocument.ParseAsync(body, cancellationToken: token);
            return PictureOf(document.RootElement, provider);
        }
    }

    private HttpRequestMessage Request(ImageRequest wanted)
    {
        var body = JsonText.Object(json =>
        {
            json.WriteStartArray("contents");
            json.WriteStartObject();
            json.WriteString("role", "user");
            json.WriteStartArray("parts");
            json.WriteStartObject();
            json.WriteString("text", wanted.Prompt);
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteStartObject("generationConfig");
            json.WriteStartArray("responseModalities");
            json.WriteStringValue("TEXT");
            json.WriteStringValue("IMAGE");
            json.WriteEndArray();
            if (wanted.Shape is { } shape)
            {
                json.WriteStartObject("imageConfig");
                json.WriteString("aspectRatio", shape switch { "landscape" => "3:2", "portrait" => "2:3", _ => "1:1" });
                json.WriteEndObject();
            }

            json.WriteEndObject();
        });
        return new(HttpMethod.Post, ProviderUrl.Of(options.Value.GeminiUrl, $"models/{Model}:generateContent"))
        {
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body.Json)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
        };
    }

    private static byte[] PictureOf(JsonElement answer, Provider provider)
    {
        var candidate = First(answer, "candidates");
        var parts = Member(Member(candidate, "content"), "parts");
        foreach (var part in parts is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray() : default)
        {
            // Sketches that a model thinks with are not its answer.
            if (Member(part, "thought") is { ValueKind: JsonValueKind.True } || Member(Member(part, "inlineData"), "data") is not { ValueKind: JsonValueKind.String } data) continue;
            return data.TryGetBytesFromBase64(out var bytes) && PictureHead.Read(bytes) is not null
                ? bytes
                : throw ProviderFaults.Malformed(provider, "what it calls a picture is none");
        }

        var why = Text(candidate, "finishMessage") ?? Text(Member(answer, "promptFeedback"), "blockReason") ?? Text(candidate, "finishReason");
        if (candidate is null && why is null) throw ProviderFaults.Malformed(provider, "there is no picture in it");
        throw new ProviderException(new(ProviderFaults.Code, $"Gemini made no picture: {Shown(why)}."));
    }

    private static string Shown(string? why) => why is { Length: > 0 } ? VisibleText.OnOneLine(why.Length > 300 ? why[..300] : why).TrimEnd('.') : "it says no reason";

    private static JsonElement? First(JsonElement? of, string name) =>
        Member(of, name) is { ValueKind: JsonValueKind.Array } list && list.GetArrayLength() > 0 ? list[0] : null;

    private static JsonElement? Member(JsonElement? of, string name) =>
        of is { ValueKind: JsonValueKind.Object } parent && parent.TryGetProperty(name, out var value) ? value : null;

    private static string? Text(JsonElement? of, string name) => Member(of, name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;
}
