namespace ToolRuntime.Tools.Blobs;

/// <summary>Tells how many bytes of an upload have reached the store: <c>uploading</c>, with the measured percentage.</summary>
internal sealed class UploadProgress(IToolContext context, long total)
{
    /// <summary>What the store calls; it never goes back, whatever the store sends again.</summary>
    public void Written(long bytes)
    {
        if (bytes <= Bytes) return;
        Bytes = bytes;
        var details = JsonText.Object(json =>
        {
            json.WriteNumber("bytes", bytes);
            json.WriteNumber("totalBytes", total);
        });
        var reported = context.ReportProgressAsync("uploading", total == 0 ? 100 : 100.0 * bytes / total, details: details);
        if (!reported.IsCompletedSuccessfully) reported.AsTask().ContinueWith(static task => _ = task.Exception, TaskScheduler.Default);
    }

    private long Bytes { get; set; }
}
