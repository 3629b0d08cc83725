namespace ToolRuntime.Tools.Files;

/// <summary>Turns what the file system refuses into failed results; anything else is a bug and passes.</summary>
internal static class FileGuard
{
    private const string PathSeparator = " : '";

    public static async Task<ToolResult> RunAsync(Func<Task<ToolResult>> action)
    {
        try
        {
            return await action();
        }
        catch (FileToolException exception)
        {
            return ToolResult.Failure(exception.Error);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return ToolResult.Failure(new("not_found", "The file or its folder is gone."));
        }
        catch (UnauthorizedAccessException)
        {
            return ToolResult.Failure(new("permission_denied", "The operating system denies it."));
        }
        catch (IOException exception)
        {
            // The path in the message is an internal one.
            var end = exception.Message.IndexOf(PathSeparator, StringComparison.Ordinal);
            return ToolResult.Failure(new("io_error", end < 0 ? exception.Message : exception.Message[..end]));
        }
    }
}
