using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Options;
using ToolRuntime.Gateway.Clustering;
using ToolRuntime.Gateway.Security;

namespace ToolRuntime.Gateway.Hosting;

/// <summary>Serves the web page that the build puts beside the program, and its start page for every address of its own.</summary>
internal static class ConsolePage
{
    private const string Missing = "The web page is not part of this build. Build it with: npm ci && npm run build (in console/), then build the gateway again.";

    public static void MapConsolePage(this WebApplication app) => app.MapConsolePage(Path.Combine(AppContext.BaseDirectory, "wwwroot"));

    internal static void MapConsolePage(this WebApplication app, string folder)
    {
        if (!File.Exists(Path.Combine(folder, "index.html")))
        {
            app.MapFallback(context => WriteMissingAsync(context)).AllowAnybody();
            return;
        }

        var files = new PhysicalFileProvider(folder);
        var compressed = new CompressedFiles(files);
        var options = new StaticFileOptions
        {
            FileProvider = files,
            ContentTypeProvider = compressed,
            OnPrepareResponse = file => SetHeaders(file.Context),
        };
        app.UseDefaultFiles(new DefaultFilesOptions { FileProvider = files });
        app.Use(compressed.ChooseAsync);
        app.UseStaticFiles(options);
        app.MapFallback(StartPage(app, compressed, options)).AllowAnybody();
    }

    private static RequestDelegate StartPage(IEndpointRouteBuilder app, CompressedFiles compressed, StaticFileOptions options)
    {
        var page = app.CreateApplicationBuilder();
        page.Use((HttpContext context, RequestDelegate next) =>
        {
            context.Request.Path = "/index.html";
            context.SetEndpoint(null);
            return next(context);
        });
        page.Use(compressed.ChooseAsync);
        page.UseStaticFiles(options);
        return page.Build();
    }

    private static Task WriteMissingAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return context.Response.WriteAsync(Missing);
    }

    private static void SetHeaders(HttpContext context)
    {
        var headers = context.Response.Headers;
        var host = context.Request.Host.Value;
        var others = Others(context);
        headers.ContentSecurityPolicy =
            "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; manifest-src 'self'; "
            + $"worker-src 'self'; connect-src 'self' ws://{host} wss://{host}{others}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers.CacheControl = context.Request.Path.StartsWithSegments("/assets") ? "public, max-age=31536000, immutable" : "no-cache";
        CompressedFiles.SetHeaders(context);
    }

    /// <summary>
    /// Where else the page may go on when this gateway is gone: at the gateways that are known, and wherever its cookie goes too, since others may
    /// come after it was loaded: the same host on any port, all hosts of the cookie's domain.
    /// </summary>
    private static string Others(HttpContext context)
    {
        var peers = context.RequestServices.GetRequiredService<GatewayPeers>();
        if (!peers.InCluster) return "";
        string[] hosts = context.RequestServices.GetRequiredService<IOptions<AccessOptions>>().Value.CookieDomain is { } domain
            ? [context.Request.Host.Host, domain.TrimStart('.'), $"*.{domain.TrimStart('.')}"]
            : [context.Request.Host.Host];
        string[] schemes = ["http", "https", "ws", "wss"];
        return string.Concat([
            .. peers.Urls.Select(url => $" {url} {WebSocketOf(url)}"),
            .. hosts.SelectMany(host => schemes.Select(scheme => $" {scheme}://{host}:*")),
        ]);
    }

    private static string WebSocketOf(string url) => $"ws{url["http".Length..]}";
}
