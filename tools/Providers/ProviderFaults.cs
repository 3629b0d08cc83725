using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace ToolRuntime.Tools.Providers;

/// <summary>What can go wrong with a provider, as clients and models are told. All that is asked of providers can be asked again, so what may pass is retryable.</summary>
internal static class ProviderFaults
{
    public const string NotConfiguredCode = "provider_not_configured";
    public const string Code = "provider_error";

    public static ToolError NotConfigured(string what) => new(NotConfiguredCode, what);

    /// <summary>It answered, but not with a success.</summary>
    /// <param name="provider">Which.</param>
    /// <param name="status">Its status.</param>
    /// <param name="words">What it says, cleaned; may be empty.</param>
    /// <param name="retryAfter">When it wants to be asked again.</param>
    public static ProviderException Refused(Provider provider, HttpStatusCode status, string words, TimeSpan? retryAfter)
    {
        var retryable = (int)status is 408 or 429 or >= 500 && status != HttpStatusCode.NotImplemented;
        var answered = status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden && provider.Key is not null
            ? $"{provider.Name} refused this server's key ({(int)status})"
            : $"{provider.Name} answered {(int)status}";
        var message = words.Length > 0 ? $"{answered}: {words}" : answered + ".";
        return new(new(Code, message, retryable, retryable && retryAfter is { } wait ? (long)Math.Max(0, wait.TotalMilliseconds) : null)) { Status = status };
    }

    /// <summary>Its answer is a success that tells of a failure.</summary>
    public static ProviderException Failed(Provider provider, string words) =>
        new(new(Code, words.Length > 0 ? $"{provider.Name} failed: {words}" : $"{provider.Name} failed.", Retryable: true));

    public static ProviderException TimedOut(Provider provider, Exception inner) => new(
        new(Code, $"{provider.Name} did not answer within {provider.Timeout.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture)} s.", Retryable: true), inner);

    public static ProviderException Unreachable(Provider provider, HttpRequestException e)
    {
        var why = e.InnerException is SocketException socket ? $" ({socket.SocketErrorCode})" : "";
        return new(new(Code, $"{provider.Name} can't be reached{why}.", Retryable: true), e);
    }

    public static ProviderException CutOff(Provider provider, Exception inner) => new(new(Code, $"{provider.Name}'s answer broke off.", Retryable: true), inner);

    public static ProviderException Malformed(Provider provider, string why, Exception? inner = null) =>
        new(new(Code, $"{provider.Name}'s answer can't be read: {why}.", Retryable: true), inner);

    public static ProviderException TooLarge(Provider provider) =>
        new(new(Code, $"{provider.Name}'s answer is longer than {provider.MaxBytes.ToString(CultureInfo.InvariantCulture)} bytes; it was not read to its end."));
}
