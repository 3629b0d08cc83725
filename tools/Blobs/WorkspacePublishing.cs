using ToolRuntime.Blobs;
using ToolRuntime.Tools.Files;
using ToolRuntime.Tools.Sandboxes;

namespace ToolRuntime.Tools.Blobs;

/// <summary>Publishes files of the session's workspace, such as a plot that a program has left there.</summary>
internal static class WorkspacePublishing
{
    /// <exception cref="FileToolException">There is no such file, or it lies outside.</exception>
    /// <exception cref="BlobStoreException">It is not published.</exception>
    public static Task<PublishedBlob> PublishFileAsync(this ISandbox sandbox, IToolContext context, string path, CancellationToken cancellationToken)
    {
        return sandbox.ReadAsync(context, path, long.MaxValue, PublishAsync, cancellationToken);

        async Task<PublishedBlob> PublishAsync(Stream file, CancellationToken token)
        {
            if (file.CanSeek) return await context.PublishAsync(file, path, new UploadProgress(context, file.Length).Written, token);
            await using var copy = new FileStream(
                Path.Combine(Path.GetTempPath(), $"toolruntime-{Guid.NewGuid():N}"), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 0, FileOptions.DeleteOnClose);
            await file.CopyToAsync(copy, token);
            copy.Position = 0;
            return await context.PublishAsync(copy, path, new UploadProgress(context, copy.Length).Written, token);
        }
    }
}
