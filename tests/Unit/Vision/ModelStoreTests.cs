using System.Net;
using System.Security.Cryptography;
using FaceGrid.Models;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Vision;

/// <summary>Downloads against a local server that can misbehave.</summary>
public sealed class ModelStoreTests : IDisposable
{
    private static readonly byte[] Model = Bytes(300_000, seed: 5);
    private readonly string _directory = Directory.CreateTempSubdirectory("facegrid-models-").FullName;
    private readonly HttpListener _server;
    private readonly string _address;
    private readonly List<string?> _ranges = [];

    public ModelStoreTests()
    {
        for (int attempt = 0; ; attempt++)
        {
            _address = $"http://127.0.0.1:{Random.Shared.Next(20_000, 60_000)}/";
            _server = new HttpListener(); // One that could not start is closed, and of no more use.
            _server.Prefixes.Add(_address);
            try
            {
                _server.Start();
                return;
            }
            catch (HttpListenerException) when (attempt < 20)
            {
                // The port is taken; another one is tried.
            }
        }
    }

    private string Target => Path.Combine(_directory, "model.onnx");

    [Fact]
    public async Task PullAsync_HonestServer_SavesTheFileAndReportsProgress()
    {
        Serve(response => Send(response, Model));
        var progress = new Recorder();

        string path = await Store().PullAsync(Profile(), progress, TestContext.Current.CancellationToken);

        path.ShouldBe(Target);
        File.ReadAllBytes(path).ShouldBe(Model);
        File.Exists(Target + ".part").ShouldBeFalse();
        progress.Reports[^1].ShouldBe(new("test-model", Model.Length, Model.Length));
        Store().Find(Profile()).ShouldBe(Target);
    }

    [Fact]
    public async Task PullAsync_ServerCutsOff_NextAttemptGoesOnFromThere()
    {
        Serve(response => CutOff(response, Model, 100_000), ServeRange);

        (await Should.ThrowAsync<VisionSetupException>(() => Pull())).Code.ShouldBe("download-failed");
        long kept = new FileInfo(Target + ".part").Length;
        string path = await Pull();

        kept.ShouldBeInRange(1, 100_000);
        _ranges.ShouldBe([null, $"bytes={kept}-"]);
        File.ReadAllBytes(path).ShouldBe(Model);
    }

    // The second comes while the first is at it, and the server sends the rest when the second has seen that: it waits, and asks for nothing itself.
    [Fact]
    public async Task PullAsync_TwoAtOnce_OneDownloadsAndBothHaveIt()
    {
        using var begun = new ManualResetEventSlim();
        using var seen = new ManualResetEventSlim();
        Serve(response =>
        {
            response.ContentLength64 = Model.Length;
            response.OutputStream.Write(Model, 0, 100_000);
            response.OutputStream.Flush();
            seen.Wait(TimeSpan.FromSeconds(30));
            response.OutputStream.Write(Model, 100_000, Model.Length - 100_000);
            response.Close();
        });

        Task<string> first = Store().PullAsync(Profile(), new Recorder(report => SetWhenBegun(begun, report)), TestContext.Current.CancellationToken);
        begun.Wait(TimeSpan.FromSeconds(30)).ShouldBeTrue();
        Task<string> second = Store().PullAsync(Profile(), new Recorder(report => SetWhenBegun(seen, report)), TestContext.Current.CancellationToken);

        (await Task.WhenAll(first, second)).ShouldBe([Target, Target]);
        File.ReadAllBytes(Target).ShouldBe(Model);
        Directory.GetFiles(_directory).ShouldBe([Target]);
        _ranges.ShouldBe([null]);
    }

    // One that dies leaves its lock behind, which nobody holds.
    [Fact]
    public async Task PullAsync_LockOfOneThatWasKilled_HoldsUpNobody()
    {
        File.WriteAllBytes(Target + ".lock", []);
        Serve(response => Send(response, Model));

        (await Pull()).ShouldBe(Target);
        Directory.GetFiles(_directory).ShouldBe([Target]);
    }

    [Fact]
    public async Task PullAsync_ServerIgnoresTheRange_StartsAnew()
    {
        File.WriteAllBytes(Target + ".part", Bytes(1_000, seed: 9));
        Serve(response => Send(response, Model));

        File.ReadAllBytes(await Pull()).ShouldBe(Model);
    }

    [Fact]
    public async Task PullAsync_AlteredBytes_AreRemoved()
    {
        byte[] altered = [.. Model];
        altered[200_000] ^= 1;
        Serve(response => Send(response, altered));

        var error = await Should.ThrowAsync<VisionSetupException>(() => Pull());

        error.Code.ShouldBe("model-altered");
        error.Message.ShouldContain(Profile().Sha256);
        Directory.GetFiles(_directory).ShouldBeEmpty();
    }

    // A stale part of another file must not spoil the download for ever: it is removed with the rest, and the next attempt is clean.
    [Fact]
    public async Task PullAsync_PartOfAnotherFile_IsRemovedAndTheNextAttemptSucceeds()
    {
        File.WriteAllBytes(Target + ".part", Bytes(1_000, seed: 9));
        Serve(ServeRange, ServeRange);

        (await Should.ThrowAsync<VisionSetupException>(() => Pull())).Code.ShouldBe("model-altered");

        File.ReadAllBytes(await Pull()).ShouldBe(Model);
    }

    [Theory]
    [InlineData(299_999)]
    [InlineData(300_001)]
    public async Task PullAsync_WrongLength_IsRejected(int length)
    {
        Serve(response => Send(response, Bytes(length, seed: 5)));

        (await Should.ThrowAsync<VisionSetupException>(() => Pull())).Code.ShouldBe("download-failed");
        File.Exists(Target).ShouldBeFalse();
    }

    [Fact]
    public async Task PullAsync_EndlessBodyWithoutLength_IsStopped()
    {
        Serve(response =>
        {
            response.SendChunked = true;
            response.OutputStream.Write(Bytes(400_000, seed: 5));
            response.Close();
        });

        (await Should.ThrowAsync<VisionSetupException>(() => Pull())).Code.ShouldBe("download-failed");
        new FileInfo(Target + ".part").Length.ShouldBe(0);
    }

    [Fact]
    public async Task PullAsync_NotFound_NamesTheAddressAndTheFile()
    {
        Serve(response =>
        {
            response.StatusCode = 404;
            response.Close();
        });

        var error = await Should.ThrowAsync<VisionSetupException>(() => Pull());

        error.Message.ShouldContain("404");
        error.Message.ShouldContain(_address);
        error.Message.ShouldContain(Target);
    }

    [Fact]
    public async Task PullAsync_Offline_NamesTheCommandAndThePlace()
    {
        var store = new ModelStore(_directory, offline: true);

        var error = await Should.ThrowAsync<VisionSetupException>(() => store.PullAsync(Profile(), cancellationToken: TestContext.Current.CancellationToken));

        error.Code.ShouldBe("model-missing");
        error.Message.ShouldContain("facegrid models pull test-model");
        error.Message.ShouldContain(Target);
    }

    [Theory]
    [InlineData(300_000)]
    [InlineData(10)]
    public void Find_AlteredFile_IsRefused(int length)
    {
        File.WriteAllBytes(Target, Bytes(length, seed: 6));

        var error = Should.Throw<VisionSetupException>(() => Store().Find(Profile()));

        error.Code.ShouldBe("model-altered");
        error.Message.ShouldContain(Target);
    }

    [Fact]
    public async Task PullAsync_Cancelled_KeepsWhatArrived()
    {
        using var cancellation = new CancellationTokenSource();
        Serve(response =>
        {
            response.ContentLength64 = Model.Length;
            response.OutputStream.Write(Model, 0, 50_000);
            response.OutputStream.Flush();
            cancellation.Token.WaitHandle.WaitOne(TimeSpan.FromSeconds(60));
            response.Abort();
        });
        var progress = new Recorder(report =>
        {
            if (report.BytesDone > 0)
            {
                cancellation.Cancel();
            }
        });

        await Should.ThrowAsync<OperationCanceledException>(() => Store().PullAsync(Profile(), progress, cancellation.Token));

        new FileInfo(Target + ".part").Length.ShouldBeGreaterThan(0);
    }

    public void Dispose()
    {
        _server.Close();
        Directory.Delete(_directory, recursive: true);
    }

    private static void SetWhenBegun(ManualResetEventSlim signal, ModelDownloadProgress report)
    {
        if (report.BytesDone > 0)
        {
            signal.Set();
        }
    }

    private ModelStore Store() => new(_directory);

    private Task<string> Pull() => Store().PullAsync(Profile(), cancellationToken: TestContext.Current.CancellationToken);

    private DetectorProfile Profile() => new()
    {
        Id = "test-model",
        Kind = "detector",
        File = "model.onnx",
        Sha256 = Convert.ToHexStringLower(SHA256.HashData(Model)),
        Bytes = Model.Length,
        Licence = "none",
        Source = _address + "model.onnx"
    };

    /// <summary>Answers one request with each of the given answers, in this order.</summary>
    private void Serve(params Action<HttpListenerResponse>[] answers) => _ = Task.Run(async () =>
    {
        foreach (var answer in answers)
        {
            var context = await _server.GetContextAsync();
            _ranges.Add(context.Request.Headers["Range"]);
            try
            {
                answer(context.Response);
            }
            catch (Exception error) when (error is HttpListenerException or IOException or ObjectDisposedException)
            {
                // The client hung up, which is what several tests are about.
            }
        }
    });

    private void ServeRange(HttpListenerResponse response)
    {
        int from = int.Parse(_ranges[^1]?["bytes=".Length..^1] ?? "0");
        if (from > 0)
        {
            response.StatusCode = 206;
            response.AddHeader("Content-Range", $"bytes {from}-{Model.Length - 1}/{Model.Length}");
        }

        Send(response, Model[from..]);
    }

    private static void Send(HttpListenerResponse response, byte[] body)
    {
        response.ContentLength64 = body.Length;
        response.OutputStream.Write(body);
        response.Close();
    }

    private static void CutOff(HttpListenerResponse response, byte[] body, int after)
    {
        response.ContentLength64 = body.Length;
        response.OutputStream.Write(body, 0, after);
        response.OutputStream.Flush();
        // The client should have read something before the connection breaks.
        Thread.Sleep(300);
        response.Abort();
    }

    private static byte[] Bytes(int length, int seed)
    {
        byte[] bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private sealed class Recorder(Action<ModelDownloadProgress>? action = null) : IProgress<ModelDownloadProgress>
    {
        public List<ModelDownloadProgress> Reports { get; } = [];

        public void Report(ModelDownloadProgress value)
        {
            Reports.Add(value);
            action?.Invoke(value);
        }
    }
}
