namespace ToolRuntime.Runners.Blobs;

/// <summary>Types of files by their names. Pictures of pixels are not among them: those are known by their content only.</summary>
internal static class MediaTypes
{
    public const string Unknown = "application/octet-stream";

    public static string Of(string fileName) => Path.GetExtension(fileName).ToLowerInvariant() switch
    {
        ".svg" => "image/svg+xml",
        ".html" or ".htm" => "text/html",
        ".txt" or ".log" => "text/plain",
        ".md" => "text/markdown",
        ".csv" => "text/csv",
        ".json" => "application/json",
        ".xml" => "application/xml",
        ".pdf" => "application/pdf",
        ".zip" => "application/zip",
        ".gz" => "application/gzip",
        ".mp3" => "audio/mpeg",
        ".wav" => "audio/wav",
        ".ogg" => "audio/ogg",
        ".mp4" => "video/mp4",
        ".webm" => "video/webm",
        _ => Unknown,
    };
}
