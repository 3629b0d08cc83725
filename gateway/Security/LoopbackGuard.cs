using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace ToolRuntime.Gateway.Security;

/// <summary>Lets Kestrel bind to loopback addresses only while no keys are configured.</summary>
internal sealed class LoopbackGuard(Authenticator authenticator) : IConfigureOptions<KestrelServerOptions>
{
    public void Configure(KestrelServerOptions options)
    {
        if (authenticator.Keyless) options.ConfigureEndpointDefaults(Check);
    }

    private static void Check(ListenOptions endpoint)
    {
        if (endpoint.IPEndPoint is { } address && !IPAddress.IsLoopback(address.Address)) throw new StartupRefusedException($"Without configured keys the server listens on this machine only: {address} is not a loopback address. Use http://localhost:<port>.");
    }
}

/// <summary>The server will not start as it is configured.</summary>
internal sealed class StartupRefusedException(string message) : Exception(message);
