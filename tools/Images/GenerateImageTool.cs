using System.Text;
using Microsoft.Extensions.Options;
using ToolRuntime.Blobs;
using ToolRuntime.Tools.Blobs;
using ToolRuntime.Tools.Providers;

namespace ToolRuntime.Tools.Images;

/// <summary>Makes a picture of what is described, and publishes it.</summary>
internal sealed class GenerateImageTool(IOptions<ImageOptions> options, IEnumerable<IImageProvider> providers) : ITool
{
    private const int TimeoutMs = 240_000;
    private const string NotConfigured = "No service that makes pictures is configured: set OPENAI_API_KEY or GEMINI_API_KEY on the server.";

    public ToolDescriptor Descriptor { get; } = new()
    {
        Name = "generate_image",
        Description = "Makes a picture from a description and shows it to the user.",
        Parameters = new("""
            {
              "type": "object",
              "properties": {
                "prompt": { "type": "string", "minLength": 1, "maxLength": 32000, "description": "What is to be seen, in detail." },
                "shape": { "type": "string", "enum": ["square", "landscape", "portrait"], "description": "The picture's shape; the service chooses if left out." },
                "quality": { "type": "string", "enum": ["low", "medium", "high"], "description": "How good it is to be, and how costly; the service chooses if left out." }
              },
              "required": ["prompt"],
              "additionalProperties": false
            }
            """),
        TimeoutMs = TimeoutMs,
        TotalTimeoutMs = TimeoutMs,
        Idempotency = Idempotency.No, // each picture costs
        EstimatedMs = 30_000,
    };

    public string? CircuitOf(ToolCall call) => Chosen?.Name ?? "";

    public async Task<ToolResult> ExecuteAsync(ToolCall call, IToolContext context, CancellationToken cancellationToken)
    {
        await context.ReportProgressAsync("preparing", cancellationToken: cancellationToken);
        if (Chosen is not { } provider) return ToolResult.Failure(ProviderFaults.NotConfigured(NotConfigured));
        var partials = 0;
        try
        {
            await context.ReportProgressAsync("generating", message: $"{provider.Name}, {provider.Model}", cancellationToken: cancellationToken);
            var picture = await provider.GenerateAsync(ImageRequest.Of(call), ShowAsync, context, cancellationToken);
            var published = await PublishAsync(picture, "picture", new UploadProgress(context, picture.Length).Written, context, cancellationToken);
            await context.ReportProgressAsync("complete", 100, details: Content(published), cancellationToken: cancellationToken);
            return ToolResult.Success(Result(provider, published), Summary(published));
        }
        catch (ProviderException exception)
        {
            return ToolResult.Failure(Final(exception, partials > 0));
        }
        catch (BlobStoreException exception)
        {
            return ToolResult.Failure(new(ToolErrorCodes.BlobUnavailable, exception.Message)); // made and paid for already
        }

        async ValueTask ShowAsync(byte[] picture)
        {
            JsonText? details = null;
            try
            {
                details = Content(await PublishAsync(picture, $"partial-{++partials}", null, context, cancellationToken));
            }
            catch (BlobStoreException)
            {
                // Nobody misses it once the picture is there.
            }

            await context.ReportProgressAsync("generating", message: $"partial picture {partials}", details: details, cancellationToken: cancellationToken);
        }
    }

    private IImageProvider? Chosen => providers.FirstOrDefault(one => one.HasKey && (options.Value.Provider ?? one.Name) == one.Name);

    /// <summary>Asking again may cost again, so only what was refused, or never arrived, is tried again.</summary>
    private static ToolError Final(ProviderException exception, bool begun)
    {
        var costsNothing = !begun && exception.InnerException is null or HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError };
        return exception.Error with { Retryable = exception.Error.Retryable && costsNothing };
    }

    private static async Task<PublishedBlob> PublishAsync(byte[] picture, string name, Action<long>? written, IToolContext context, CancellationToken cancellationToken)
    {
        using var content = new MemoryStream(picture, writable: false);
        var extension = PictureHead.Read(picture)?.MediaType switch { "image/jpeg" => "jpg", "image/webp" => "webp", "image/gif" => "gif", _ => "png" };
        return await context.PublishAsync(content, $"{name}.{extension}", written, cancellationToken);
    }

    private static JsonText Content(PublishedBlob blob) => JsonText.Object(json => Write(json, blob));

    private static void Write(System.Text.Json.Utf8JsonWriter json, PublishedBlob blob)
    {
        json.WriteStartArray("content");
        blob.Write(json);
        json.WriteEndArray();
    }

    private static JsonText Result(IImageProvider provider, PublishedBlob blob) => JsonText.Object(json =>
    {
        json.WriteString("provider", provider.Name);
        json.WriteString("model", provider.Model);
        Write(json, blob);
    });

    private static string Summary(PublishedBlob blob)
    {
        var text = new StringBuilder("picture");
        if (blob.Info is { Width: { } width, Height: { } height }) text.Append(System.Globalization.CultureInfo.InvariantCulture, $", {width} × {height}");
        return text.Append(System.Globalization.CultureInfo.InvariantCulture, $", {blob.Info.Bytes} bytes").ToString();
    }
}
