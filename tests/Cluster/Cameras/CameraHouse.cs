using FaceGrid.Vision.Embedding;
using System.Security.Cryptography;
using FaceGrid.Abstractions.Cameras;
using FaceGrid.Abstractions.Embedding;
using FaceGrid.Abstractions.Galleries;
using FaceGrid.Abstractions.People;
using FaceGrid.Grains;
using FaceGrid.Cameras.Placement;
using FaceGrid.Cameras.Sightings;
using FaceGrid.Tests.Grid;
using FaceGrid.Tests.Support;
using FaceGrid.Vision;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace FaceGrid.Tests.Cameras;

/// <summary>
/// A grid in this process that reads pictures with the models at hand, with a log of sightings that remembers everything, and cameras to
/// which frames are sent.
/// </summary>
internal sealed class CameraHouse : IAsyncDisposable
{
    public const string Gallery = "default", Aniston = "Jennifer_Aniston";

    /// <summary>The profile of the second embedder, where there is one.</summary>
    public const string Next = "mobileface-v2-256";

    private static readonly Lazy<Task<FacePipeline>> Models = new(() => ReadAsync(next: null));
    private static readonly Lazy<Task<FacePipeline>> TwoModels = new(
        () => ReadAsync(Path.Combine(AppContext.BaseDirectory, "Profiles", Next + ".json")));

    private readonly TemporaryDirectory _directory = new();

    private CameraHouse(GridCluster grid, FacePipeline pipeline, RecordingLog log)
    {
        Grid = grid;
        Pipeline = pipeline;
        Log = log;
    }

    public GridCluster Grid { get; private set; }

    public FacePipeline Pipeline { get; }

    public RecordingLog Log { get; }

    /// <summary>Time of the next frame, by its date.</summary>
    public DateTimeOffset Now { get; private set; } = DateTimeOffset.FromUnixTimeSeconds(1_790_000_000);

    public static async Task<CameraHouse> StartAsync(
        Action<GridOptions>? configure = null, int silos = 1, bool twoModels = false, int camerasMax = 32)
    {
        _ = TestData.Models;
        FacePipeline pipeline = await (twoModels ? TwoModels : Models).Value;
        var log = new RecordingLog();
        var house = new CameraHouse(null!, pipeline, log);
        house.Grid = await GridCluster.StartAsync(house._directory.Path, configure, silos, pipeline, Configure);
        await house.PutGalleryAsync(Gallery);
        return house;

        void Configure(IServiceCollection services) =>
            services.AddSingleton<ISightingLog>(log).Configure<CameraOptions>(options => options.CamerasMax = camerasMax);
    }

    public Task PutGalleryAsync(string gallery, GalleryPad? pad = null, bool crops = false) =>
        Grid.Grains.GetGrain<IGalleryGrain>(IGalleryGrain.KeyOf(gallery)).PutAsync(
        new GallerySettings(null, null, null, Pad: pad) { Enrolment = crops ? EnrolmentPolicy.None with { Crops = true } : null },
            TestContext.Current.CancellationToken);

    public ICameraGrain Camera(string id) => Grid.Grains.GetGrain<ICameraGrain>(ICameraGrain.KeyOf(id));

    public async Task<ICameraGrain> PutAsync(string id, CameraChange? change = null)
    {
        await Camera(id).PutAsync(change ?? new CameraChange(), TestContext.Current.CancellationToken);
        return Camera(id);
    }

    /// <summary>Enrols the largest face of each picture.</summary>
    public async Task EnrolAsync(string person, params byte[][] pictures)
    {
        foreach (byte[] picture in pictures)
        {
            PictureAnalysis analysis = await Pipeline.AnalyseAsync(picture, PictureRequest.Embeddings, TestContext.Current.CancellationToken);
            if (analysis.Faces.FirstOrDefault()?.Embedding is { } vector)
            {
                var face = new NewFace(
                    Convert.ToHexStringLower(SHA256.HashData(picture))[..32], Vectors.ToBytes(vector), Pipeline.ContractId, null);
                await Grid.Grains.GetGrain<IPersonGrain>(PersonKey.Of(Gallery, person).ToString())
                    .WriteAsync(new PersonWrite(null, null, [face], Bulk: false), TestContext.Current.CancellationToken);
            }
        }
    }

    /// <summary>Enrols Jennifer Aniston and many who are in no clip, from their photographs in LFW.</summary>
    public async Task EnrolCrowdAsync(int others = 100)
    {
        await EnrolAsync(Aniston, LfwFaces.Of(Aniston, 6));
        foreach ((string person, byte[] picture) in LfwFaces.OfMany(others, Aniston))
        {
            await EnrolAsync(person, picture);
        }
    }

    /// <summary>Sends frames and waits for each; they are five a second by their dates.</summary>
    public async Task<CameraView[]> ShowAsync(string camera, IEnumerable<byte[]> frames)
    {
        var views = new List<CameraView>();
        foreach (byte[] frame in frames)
        {
            FrameReceipt receipt = await Camera(camera)
                .PushAsync(new PushedFrame(frame, Now, Wait: true), TestContext.Current.CancellationToken);
            views.Add(receipt.View ?? throw new InvalidOperationException("A newer frame took the place of this one, and none was sent."));
            Now += TimeSpan.FromSeconds(0.2);
        }

        return [.. views];
    }

    /// <summary>Lets time pass by the dates of frames.</summary>
    public void Pass(TimeSpan time) => Now += time;

    /// <summary>Waits until every sighting is published.</summary>
    public Task PublishedAsync(string camera) => Eventually.AssertAsync(async () =>
    {
        CameraStatus status = (await Camera(camera).GetAsync())!.Status!;
        Assert.Equal(0, status.Waiting);
    });

    public async ValueTask DisposeAsync()
    {
        await Grid.DisposeAsync();
        _directory.Dispose();
    }

    private static Task<FacePipeline> ReadAsync(string? next) => FacePipeline.CreateAsync(new VisionOptions
    {
        Detector = "yunet-n",
        Embedder = "mobilefacenet-foamliu-128",
        NextEmbedder = next,
        ModelDirectory = TestData.Models,
        Offline = true,
        ExecutionProvider = "cpu",
        Pad = { "minifasnet-v2", "minifasnet-v1se" },
    });
}
