using ToolRuntime.Tools.Providers;

namespace ToolRuntime.Tools.Sandboxes.Daytona;

/// <summary>Passes what people type on to a command. Daytona takes lines of text and knows no end, so it goes in lines of base64, and a point ends it.</summary>
internal static class CommandInput
{
    private const int Piece = 24 * 1024;

    /// <exception cref="ProviderException">It can't be passed on. What of it arrived nobody knows, so the attempt is not repeated.</exception>
    public static async Task PassAsync(DaytonaToolbox toolbox, RunningCommand command, IToolContext context, CancellationToken cancellationToken)
    {
        try
        {
            while (await context.ReadInputAsync(cancellationToken) is { IsEmpty: false } bytes)
            {
                for (var at = 0; at < bytes.Length; at += Piece)
                {
                    await toolbox.SendAsync(command.Session, command.Id, Convert.ToBase64String(bytes.Span[at..Math.Min(at + Piece, bytes.Length)]), cancellationToken);
                }
            }

            await toolbox.SendAsync(command.Session, command.Id, ".", cancellationToken);
        }
        catch (ProviderException e) when (!cancellationToken.IsCancellationRequested)
        {
            // A command that has just ended takes none, and its log says so.
            if (await HasEndedAsync(toolbox, command, cancellationToken)) return;
            throw new ProviderException(e.Error with { Message = $"The input can't be passed on: {e.Error.Message}", Retryable = false, RetryAfterMs = null }, e);
        }
    }

    private static async Task<bool> HasEndedAsync(DaytonaToolbox toolbox, RunningCommand command, CancellationToken cancellationToken)
    {
        try
        {
            return await toolbox.HasEndedAsync(command.Session, command.Id, cancellationToken);
        }
        catch (ProviderException)
        {
            return false;
        }
    }
}
