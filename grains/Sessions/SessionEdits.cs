using ToolRuntime.Runners;
using ToolRuntime.WorkspaceStore;

namespace ToolRuntime.Sessions;

/// <summary>
/// Changes files of sessions that are on this silo, and has the workspace saved where it is to outlive that. Each is given what refuses it, which is asked again right before a change: a session that is being
/// deleted gets no files any more.
/// </summary>
internal sealed class SessionEdits(Workspaces workspaces, WorkspaceEdits edits, IWorkspaceEditor? editor = null, IRemoteWorkspaces? remote = null)
{
    private const int RetryMs = 1_000;

    public async Task<SessionReply<WrittenFile>> WriteAsync(SessionKey session, FilePart part, Func<Rejection?> refuse)
    {
        if ((refuse() ?? Missing) is { } refusal) return new(null, refusal);
        var reply = await TakeAsync(session, part, refuse);
        if (reply.Error is { Retryable: false }) edits.Drop(session, part.Upload);
        return reply;
    }

    public Task<SessionReply<WrittenFile>> MakeFolderAsync(SessionKey session, string path, Func<Rejection?> refuse) =>
        edits.RunAsync(session, () => ChangeAsync(session, refuse, folder => Task.FromResult(editor!.MakeFolder(folder, path))));

    public Task<SessionReply<WrittenFile>> DeleteAsync(SessionKey session, string path, bool recursive, FileCondition condition, Func<Rejection?> refuse) =>
        edits.RunAsync(session, () => ChangeAsync(session, refuse, folder => Task.FromResult(editor!.Delete(folder, path, recursive, condition))));

    private Rejection? Missing => remote is { Active: true }
        ? new(ErrorCode.InvalidCommand, "The session's files are in a service's sandbox, where only tools change them.")
        : editor is null ? new(ErrorCode.NotFound, "This server has no files.") : null;

    private async Task<SessionReply<WrittenFile>> TakeAsync(SessionKey session, FilePart part, Func<Rejection?> refuse)
    {
        if (part.Step == FileStep.Abandoned)
        {
            edits.Drop(session, part.Upload);
            return new(new(0), null);
        }

        var upload = edits.Find(session, part.Upload);
        if (upload is null)
        {
            if (part.Offset > 0) return FileUpload.Lost();
            if (Math.Max(part.Total ?? 0, part.Bytes.Length) > edits.MaxBytes) return FileUpload.TooLarge(edits.MaxBytes);
            if (await WhyNotAsync(session, part) is { } refusal) return new(null, refusal);
            try
            {
                upload = edits.Begin(session, part.Upload);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                return new(null, new(ErrorCode.Unavailable, "The server can't keep the file just now.", Retryable: true));
            }

            if (upload is null) return new(null, new(ErrorCode.RateLimited, "Too many files of the session are uploaded at a time.", Retryable: true, RetryAfterMs: RetryMs));
        }

        var taken = await upload.TakeAsync(part.Offset, part.Bytes, edits.MaxBytes);
        if (taken.Error is not null || part.Step == FileStep.More) return taken;
        return await upload.EndAsync(content => edits.RunAsync(
            session, () => ChangeAsync(session, refuse, folder => editor!.WriteAsync(folder, part.Path, content, part.Condition))));
    }

    /// <summary>What would be refused in the end is refused before all of it was sent.</summary>
    private async Task<Rejection?> WhyNotAsync(SessionKey session, FilePart part)
    {
        try
        {
            return await workspaces.ReadAsync(session, folder => editor!.WhyNot(folder, part.Path, part.Condition), null);
        }
        catch (WorkspaceStoreException exception)
        {
            return new(ErrorCode.Unavailable, exception.Message, Retryable: true);
        }
    }

    private async Task<SessionReply<WrittenFile>> ChangeAsync(SessionKey session, Func<Rejection?> refuse, Func<string, Task<SessionReply<WrittenFile>>> change)
    {
        if ((refuse() ?? Missing) is { } refusal) return new(null, refusal);
        try
        {
            var folder = await workspaces.EnterAsync(session);
            var done = false;
            NotSaved? unsaved = null;
            SessionReply<WrittenFile> reply;
            try
            {
                reply = await Task.Run(() => change(folder));
                done = reply.Succeeded;
            }
            finally
            {
                unsaved = await workspaces.ExitAsync(session, wait: done, CancellationToken.None);
            }

            return done ? new(reply.Value! with { NotSaved = unsaved?.Message }, null) : reply;
        }
        catch (WorkspaceStoreException exception)
        {
            return new(null, new(ErrorCode.Unavailable, exception.Message, Retryable: true));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new(null, new(ErrorCode.Unavailable, "The workspace can't be had just now.", Retryable: true));
        }
    }
}
