using System.Collections.Concurrent;
using k8s;
using k8s.Models;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ToolRuntime.Deploy.Tests.Support;

/// <summary>Kubernetes' API of pods, with one pod, which stays. It notes what it is asked, in the words of roles.</summary>
internal sealed class FakeKubernetes : IAsyncDisposable
{
    private readonly ConcurrentQueue<string> asked = new();
    private readonly TaskCompletionSource watched = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly WebApplication app;

    private FakeKubernetes(V1Pod pod)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        app = builder.Build();
        var pods = $"/api/v1/namespaces/{pod.Metadata.NamespaceProperty}/pods";
        app.MapGet($"{pods}/{pod.Metadata.Name}", () => Answer("get", pod));
        app.MapGet(pods, async (HttpContext context) =>
        {
            if (context.Request.Query["watch"] != "true") return Answer("list", new V1PodList { Metadata = new(), Items = [pod] });
            asked.Enqueue("watch");
            await context.Response.StartAsync();
            await context.Response.Body.FlushAsync();
            watched.TrySetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return Results.Empty;
        });
        app.MapFallback(context =>
        {
            asked.Enqueue($"{context.Request.Method} {context.Request.Path}");
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return Task.CompletedTask;
        });
    }

    public string Address => app.Urls.First();

    /// <summary>What was asked so far.</summary>
    public IReadOnlyCollection<string> Asked => asked;

    /// <summary>Once somebody watches the pods.</summary>
    public Task Watched => watched.Task;

    public static async Task<FakeKubernetes> StartAsync(V1Pod pod)
    {
        var fake = new FakeKubernetes(pod);
        await fake.app.StartAsync();
        return fake;
    }

    public async ValueTask DisposeAsync() => await app.DisposeAsync();

    private IResult Answer(string verb, object what)
    {
        asked.Enqueue(verb);
        return Results.Text(KubernetesJson.Serialize(what), "application/json");
    }
}
