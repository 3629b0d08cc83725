using System.Runtime.InteropServices;
using System.Text;
using ToolRuntime.Tools.Files;

namespace ToolRuntime.Tools.Code;

/// <summary>
/// A program's source while it runs: a hidden file in its working directory, so that it finds the modules beside it. A process that dies leaves it behind, and the next
/// attempt of the same execution writes it anew.
/// </summary>
internal sealed class SourceFile : IAsyncDisposable
{
    private readonly string path;

    private SourceFile(string name, string path, long writtenAt) => (Name, this.path, WrittenAt) = (name, path, writtenAt);

    /// <summary>Its name in the working directory.</summary>
    public string Name { get; }

    /// <summary>By the clock of the file system, nanoseconds since 1970.</summary>
    public long WrittenAt { get; }

    /// <summary>Writes it; it goes when the result is disposed of.</summary>
    /// <exception cref="FileToolException">It can't be written.</exception>
    public static async Task<SourceFile> WriteAsync(
        WorkspaceFolder folder, IToolContext context, CodeLanguage language, string source, CancellationToken cancellationToken)
    {
        var id = new string([.. context.ExecutionId.Where(char.IsAsciiLetterOrDigit).TakeLast(32)]);
        var name = $".code-{id}{language.Extension}";
        // Through the open folder: what it is named may become something else meanwhile.
        var path = folder.PathOf(name);
        try
        {
            // Whatever has that name, a link above all, is not followed.
            File.Delete(path);
            await using (var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write)) await file.WriteAsync(Encoding.UTF8.GetBytes(source), cancellationToken);
            return new(name, path, folder.StatusOf(Encoding.UTF8.GetBytes(name))?.Changed ?? 0);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new FileToolException(new("io_error", $"The program's source can't be written: {Said(exception)}."));
        }
    }

    public ValueTask DisposeAsync()
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The program has put something else there, or taken the folder away.
        }

        return ValueTask.CompletedTask;
    }

    // .NET's own message would name paths of the server.
    private static string Said(Exception exception) => exception is UnauthorizedAccessException
        ? "permission denied"
        : Marshal.GetPInvokeErrorMessage(exception.HResult is > 0 and < 4096 ? exception.HResult : 5);
}
