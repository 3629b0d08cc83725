using System.Diagnostics;
using System.Globalization;
using ToolRuntime.Load.Client;
using ToolRuntime.Load.Figures;
using ToolRuntime.Load.Server;
using ToolRuntime.Tests.Shared;

namespace ToolRuntime.Load.Stores;

/// <summary>
/// What a large upload costs a gateway: <c>file_publish</c> to an S3-compatible server of this process, which takes only so much a
/// second. How often progress comes, and by how much resident memory grows, from before the first upload of the gateway on.
/// </summary>
internal static class BlobUpload
{
    private const int Uploads = 3;
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(5);

    public static async Task<int> RunAsync(string[] args)
    {
        var (megabytes, perSecond) = (Read(args, 0, 100), Read(args, 1, 20));
        if (GatewayProgram.Find(null) is not { } program)
        {
            throw new InvalidOperationException("There is no built gateway. Build it with: dotnet build -c Release gateway");
        }

        using var data = new DataFolder(null);
        await using var store = await ObjectServer.StartAsync();
        store.BytesPerSecond = perSecond << 20;
        await using var gateway = await GatewayProcess.StartAsync(
            program,
            data.Next(),
            "/readyz",
            "--ToolRuntime:Blobs:Bucket",
            ObjectServer.Bucket,
            "--ToolRuntime:Blobs:Endpoint",
            store.Address.AbsoluteUri,
            "--ToolRuntime:Blobs:AccessKey",
            ObjectServer.AccessKey,
            "--ToolRuntime:Blobs:SecretKey",
            ObjectServer.SecretKey,
            "--ToolRuntime:Blobs:MaxBytes",
            $"{(long)megabytes << 21}");
        await using var connection = await LoadConnection.OpenAsync(gateway.Sockets[0]);
        var session = await LoadSession.OpenAsync(connection, "upload");
        (await session.RunAsync(Calls.Shell($"head -c {(long)megabytes << 20} /dev/urandom > large; echo small > small"))).Successful(1);
        // What is loaded and compiled once is no part of an upload.
        (await session.RunAsync(Calls.Publish("small"))).Successful(1);
        await Task.Delay(Rest);

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{megabytes} MB at {perSecond} MB/s, {Environment.ProcessorCount} processors"));
        var within = true;
        var before = gateway.ResidentBytes;
        for (var i = 1; i <= Uploads; i++)
        {
            using var stop = new CancellationTokenSource();
            var most = MostAsync(gateway, stop.Token);
            var step = (await session.RunAsync(Calls.Publish("large"))).Successful(1);
            await stop.CancelAsync();
            within &= Tell(i, step, before, await most);
        }

        if (!store.Faults.IsEmpty) throw new InvalidOperationException(string.Join('\n', store.Faults));
        Console.WriteLine(within ? "  within the bounds" : "  NOT within the bounds: 20 MB, 100 ms at the median between two that tell progress");
        return within ? 0 : 1;
    }

    private static bool Tell(int number, Step step, long before, long most)
    {
        var gaps = new Samples();
        foreach (var (from, to) in step.Progress.Zip(step.Progress.Skip(1))) gaps.Add(Stopwatch.GetElapsedTime(from, to).TotalMilliseconds);
        var growth = (most - before) / (double)(1 << 20);
        var seconds = Stopwatch.GetElapsedTime(step.SentAt, step.EndedAt).TotalSeconds;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  upload {number}: {seconds:0.0} s, {step.Progress.Count} times progress, between two p50 {gaps.At(0.5):0} ms, "
            + $"p99 {gaps.At(0.99):0} ms, at most {gaps.Max:0} ms; resident memory at most {growth:0.0} MB above before the first"));
        return growth <= 20 && gaps.At(0.5) <= 110;
    }

    private static async Task<long> MostAsync(GatewayProcess gateway, CancellationToken stop)
    {
        var most = 0L;
        while (!stop.IsCancellationRequested)
        {
            most = Math.Max(most, gateway.ResidentBytes);
            await Task.Delay(Look, CancellationToken.None);
        }

        return most;
    }

    private static int Read(string[] args, int at, int otherwise) =>
        args.Length > at && int.TryParse(args[at], CultureInfo.InvariantCulture, out var value) && value > 0 ? value : otherwise;
}
