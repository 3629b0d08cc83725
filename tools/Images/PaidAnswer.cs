using ToolRuntime.Tools.Providers;

namespace ToolRuntime.Tools.Images;

/// <summary>Reads an answer that was a success: it has been paid for, so what is wrong with it is no reason to ask again.</summary>
internal static class PaidAnswer
{
    public static async Task<byte[]> ReadAsync(Task<byte[]> reading)
    {
        try
        {
            return await reading;
        }
        catch (ProviderException exception)
        {
            throw new ProviderException(exception.Error with { Retryable = false }, exception);
        }
    }
}
