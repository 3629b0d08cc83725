using System.Globalization;
using System.Text.Json;
using ModelContextProtocol.Protocol;
using ToolRuntime.Tools.Files;

namespace ToolRuntime.Tools.Mcp;

/// <summary>
/// The parts of an answer that are no text: described, and their data kept as files <c>mcp/&lt;execution&gt;-&lt;n&gt;.png</c> of the
/// workspace, where every tool and client can read them.
/// </summary>
internal static class McpContent
{
    private const string Folder = "mcp";
    private const int MaxText = 64 * 1024;

    // A null by itself would become empty data.
    private static ReadOnlyMemory<byte>? NoData => null;

    /// <summary>A description of each part, in order.</summary>
    public static async Task<IReadOnlyList<JsonText>> KeepAsync(
        IEnumerable<McpPart> parts, IToolContext context, CancellationToken cancellationToken)
    {
        var kept = new List<JsonText>();
        foreach (var part in parts.Where(part => part.Block is not TextContentBlock))
        {
            if (part.Block is not { } block || !TryDataOf(block, out var data, out var mimeType))
            {
                kept.Add(Placeholder(part));
                continue;
            }

            var path = FormattableString.Invariant($"{Folder}/{context.ExecutionId}-{kept.Count + 1}{ExtensionOf(mimeType)}");
            var file = data is { } bytes ? await SaveAsync(bytes, path, context, cancellationToken) : null;
            kept.Add(JsonText.Object(json => Describe(block, mimeType, data?.Length, file, json)));
        }

        return kept;
    }

    private static JsonText Placeholder(McpPart part) => JsonText.Object(json =>
    {
        json.WriteString("type", part.Type);
        json.WriteString("note", part.Block is null ? "Content of this type is not understood." : "Its data can't be read.");
    });

    private static bool TryDataOf(ContentBlock part, out ReadOnlyMemory<byte>? data, out string? mimeType)
    {
        try
        {
            (data, mimeType) = DataOf(part);
            return true;
        }
        catch (FormatException)
        {
            (data, mimeType) = (NoData, null);
            return false;
        }
    }

    private static (ReadOnlyMemory<byte>? Data, string? MimeType) DataOf(ContentBlock part) => part switch
    {
        ImageContentBlock image => (image.DecodedData, image.MimeType),
        AudioContentBlock audio => (audio.DecodedData, audio.MimeType),
        EmbeddedResourceBlock { Resource: BlobResourceContents blob } => (blob.DecodedData, blob.MimeType),
        EmbeddedResourceBlock { Resource: { } resource } => (NoData, resource.MimeType),
        ResourceLinkBlock link => (NoData, link.MimeType),
        _ => (NoData, null),
    };

    private static async Task<string> SaveAsync(
        ReadOnlyMemory<byte> data, string path, IToolContext context, CancellationToken cancellationToken)
    {
        using var workspace = WorkspaceFolder.Open(context.Workspace);
        var (folder, name) = workspace.OpenParent(path, create: true);
        using var opened = folder;
        if (await AtomicFile.ReplaceAsync(folder, name, data, flushToDisk: false, _ => ValueTask.CompletedTask, cancellationToken))
        {
            context.Counters.AddFiles(1);
        }

        return path;
    }

    private static void Describe(ContentBlock part, string? mimeType, int? bytes, string? file, Utf8JsonWriter json)
    {
        json.WriteString("type", part.Type);
        if (part is EmbeddedResourceBlock { Resource: { } resource }) json.WriteString("uri", resource.Uri);
        if (part is ResourceLinkBlock link)
        {
            json.WriteString("uri", link.Uri);
            json.WriteString("name", link.Name);
            if (link.Description is { } description) json.WriteString("description", description);
        }

        if (mimeType is not null) json.WriteString("mimeType", mimeType);
        if (bytes is { } count) json.WriteNumber("bytes", count);
        if (file is not null) json.WriteString("file", file);
        if (part is EmbeddedResourceBlock { Resource: TextResourceContents text })
        {
            json.WriteString("text", McpText.Shorten(text.Text, MaxText));
        }
    }

    private static string ExtensionOf(string? mimeType) => mimeType?.Split(';')[0].Trim().ToLower(CultureInfo.InvariantCulture) switch
    {
        "image/png" => ".png",
        "image/jpeg" => ".jpg",
        "image/gif" => ".gif",
        "image/webp" => ".webp",
        "image/svg+xml" => ".svg",
        "audio/mpeg" => ".mp3",
        "audio/wav" or "audio/x-wav" => ".wav",
        "audio/ogg" => ".ogg",
        "application/pdf" => ".pdf",
        "application/json" => ".json",
        "application/zip" => ".zip",
        "application/gzip" or "application/x-gzip" => ".gz",
        "text/plain" => ".txt",
        _ => ".bin",
    };
}
