using ToolRuntime.Blobs;
using ToolRuntime.Tools.Files;

namespace ToolRuntime.Tools.Blobs;

/// <summary>Publishes files of the session's workspace, such as a plot that a program has left there.</summary>
internal static class WorkspacePublishing
{
    /// <exception cref="FileToolException">There is no such file, or it lies outside.</exception>
    /// <exception cref="BlobStoreException">It is not published.</exception>
    public static async Task<PublishedBlob> PublishFileAsync(this IToolContext context, string path, CancellationToken cancellationToken)
    {
        using var workspace = WorkspaceFolder.Open(context.Workspace);
        await using var file = workspace.OpenFile(path);
        var progress = new UploadProgress(context, file.Length);
        return await context.PublishAsync(file, path, progress.Written, cancellationToken);
    }
}
