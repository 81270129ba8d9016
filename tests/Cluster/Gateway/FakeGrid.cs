using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using FaceGrid.Abstractions.Cameras;
using FaceGrid.Abstractions.Cluster;
using FaceGrid.Abstractions.Embedding;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Galleries;
using FaceGrid.Abstractions.People;
using FaceGrid.Abstractions.Search;

namespace FaceGrid.Tests.Gateway;

/// <summary>
/// A grid in memory with the promises of the grain interfaces and none of the machinery. Pictures are words: <c>faces:2</c> has two faces,
/// <c>small</c> one that is too small, and so on; every vector has four numbers.
/// </summary>
public sealed class FakeGrid
{
    public const int Dimension = 4;

    public static readonly Contract Contract = new("fake-4", Dimension);

    public static readonly Threshold Threshold = new(1.1f, "profile", 0.0001);

    public ConcurrentDictionary<string, ConcurrentDictionary<string, PersonInfo>> Galleries { get; } = new(StringComparer.Ordinal) { ["default"] = new(StringComparer.Ordinal) };

    public List<NodeInfo> Nodes { get; } = [new("node-1", "one", ["people", "shards", "embedder", "gateway"])];

    public bool Searchable { get; set; } = true;

    public int ShardsAnswered { get; set; } = 4;

    /// <summary>An interface that no node hosts.</summary>
    public Type? Unhosted { get; set; }

    /// <summary>Galleries' policies against presentation attacks.</summary>
    public ConcurrentDictionary<string, GalleryPad> Pads { get; } = new(StringComparer.Ordinal);

    /// <summary>Nodes that can tell live faces; by default none.</summary>
    public HashSet<string> Judges { get; } = new(StringComparer.Ordinal);

    public List<PersonWrite> Writes { get; } = [];

    public int Deletions { get; set; }

    /// <summary>Writes that were meant for another state.</summary>
    public int Refused { get; set; }

    public ConcurrentQueue<IdentifyRequest> Questions { get; } = [];

    public ConcurrentBag<string> EmbedderCalls { get; } = [];

    /// <summary>Frames that cameras were sent.</summary>
    public ConcurrentQueue<byte[]> Frames { get; } = [];

    /// <summary>Called at the start of every grain call with its name, such as <c>Person.Write</c> or <c>Embedder.node-1</c>; may throw or wait.</summary>
    public Func<string, CancellationToken, Task> Before { get; set; } = static (_, _) => Task.CompletedTask;

    public IGrainFactory Factory => FakeGrainFactory.Over((type, key) =>
        type == Unhosted ? throw new ArgumentException("Could not find an implementation for interface " + type.Name, nameof(type))
        : type == typeof(IClusterGrain) ? new Cluster(this)
        : type == typeof(IGalleryReaderGrain) ? new Reader(this)
        : type == typeof(IGalleryGrain) ? new GalleryGrain(this, ((string)key)["gallery/".Length..])
        : type == typeof(IPersonGrain) ? new Person(this, PersonKey.Parse((string)key))
        : type == typeof(IIdentifyGrain) ? new Identify(this)
        : type == typeof(IEmbedderGrain) ? new Embedder(this, (string)key)
        : type == typeof(ICameraGrain) ? new Camera(this)
        : throw new NotSupportedException(type.Name));

    private ConcurrentDictionary<string, PersonInfo> People(string gallery) =>
        Galleries.TryGetValue(gallery, out ConcurrentDictionary<string, PersonInfo>? people) ? people : throw new FaceGridException(ErrorCodes.GalleryNotFound, "No gallery.");

    private GalleryInfo Info(string id) => new(id, Contract, Threshold, Threshold, 2, false, null, null, DateTimeOffset.UnixEpoch, Pad: Pads.GetValueOrDefault(id));

    private static void CheckProbe(byte[] vector, string? contract)
    {
        _ = Vectors.ToUnit(vector, Dimension);
        if (contract is not null && contract != Contract.Id)
        {
            throw new FaceGridException(contract == "unknown" ? ErrorCodes.ContractUnknown : ErrorCodes.ContractMismatch, "Contract.");
        }
    }

    private sealed class Cluster(FakeGrid grid) : IClusterGrain
    {
        public async Task<NodeInfo[]> GetNodesAsync()
        {
            await grid.Before("Cluster.GetNodes", CancellationToken.None);
            return [.. grid.Nodes];
        }

        public Task<ClusterInfo> GetEmbeddersAsync(CancellationToken cancellationToken) => GetAsync(cancellationToken);

        public async Task<ClusterInfo> GetAsync(CancellationToken cancellationToken)
        {
            await grid.Before("Cluster.Get", cancellationToken);
            return new ClusterInfo([.. grid.Nodes], [], [], "scalar");
        }
    }

    private sealed class Reader(FakeGrid grid) : IGalleryReaderGrain
    {
        public async Task<GalleryInfo[]> ListGalleriesAsync(CancellationToken cancellationToken)
        {
            await grid.Before("Reader.ListGalleries", cancellationToken);
            return [.. grid.Galleries.Keys.Order(StringComparer.Ordinal).Select(grid.Info)];
        }

        public Task<PeoplePage> ListPeopleAsync(string gallery, string? after, int limit, string? name, bool vectors, CancellationToken cancellationToken)
        {
            PersonInfo[] people = [.. grid.People(gallery).Values.OrderBy(person => person.Id, StringComparer.Ordinal)
                .Where(person => after is null || string.CompareOrdinal(person.Id, after) > 0)
                .Where(person => name is null || person.Name?.Contains(name, StringComparison.OrdinalIgnoreCase) == true)];
            PersonInfo[] page = [.. people.Take(limit).Select(person => View(person, vectors))];
            return Task.FromResult(new PeoplePage(page, people.Length > limit ? page[^1].Id : null));
        }

        public Task<LackingPage> ListLackingAsync(string gallery, string? after, int limit, CancellationToken cancellationToken) => throw new NotSupportedException();
    }

    private sealed class GalleryGrain(FakeGrid grid, string id) : IGalleryGrain
    {
        public Task<(GalleryInfo Gallery, bool Created)> PutAsync(GallerySettings settings, CancellationToken cancellationToken)
        {
            if (settings.Contract is { } contract && contract != Contract)
            {
                throw new FaceGridException(ErrorCodes.ContractMismatch, "Another contract is bound.");
            }

            if (settings.Pad is { } pad)
            {
                grid.Pads.AddOrUpdate(id, pad, (_, before) => pad.Over(before));
            }

            return Task.FromResult((grid.Info(id), grid.Galleries.TryAdd(id, new ConcurrentDictionary<string, PersonInfo>(StringComparer.Ordinal))));
        }

        public Task<GalleryInfo?> GetAsync(CancellationToken cancellationToken) => Task.FromResult(
            grid.Galleries.TryGetValue(id, out ConcurrentDictionary<string, PersonInfo>? people)
                ? grid.Info(id) with { People = people.Count, Faces = people.Values.Sum(person => person.Faces.Length) }
                : null);

        public Task<bool> DeleteAsync(Guid? life, CancellationToken cancellationToken) => Task.FromResult(grid.Galleries.TryRemove(id, out _));

        public Task<GalleryMap?> GetShardMapAsync() => GetMapAsync(CancellationToken.None);

        public async Task<GalleryMap?> GetMapAsync(CancellationToken cancellationToken)
        {
            await grid.Before("Gallery.GetMap", cancellationToken);
            return grid.Galleries.ContainsKey(id) ? new GalleryMap(Guid.Empty, 2, null, Contract, Threshold, Threshold, Pad: grid.Pads.GetValueOrDefault(id)) : null;
        }

        public Task<GalleryMap> BindAsync(Contract contract, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task GrowAsync(int fromLevel) => throw new NotSupportedException();
    }

    private sealed class Person(FakeGrid grid, PersonKey key) : IPersonGrain
    {
        public Task<long> GetRowVersionAsync() => Task.FromResult(RowVersion);

        public async Task<WriteResult> WriteAsync(PersonWrite write, CancellationToken cancellationToken)
        {
            await grid.Before("Person.Write", cancellationToken);
            ConcurrentDictionary<string, PersonInfo> people = grid.People(key.Gallery);
            CheckRowVersion(write.RowVersion);
            foreach (NewFace face in write.Faces)
            {
                CheckProbe(face.Vector, face.Contract);
            }

            lock (grid.Writes)
            {
                grid.Writes.Add(write);
                bool created = !people.TryGetValue(key.Person, out PersonInfo? person);
                person ??= new PersonInfo(key.Person, null, [], 0, Contract.Id, []);
                IEnumerable<FaceInfo> added = write.Faces.Where(face => person.Faces.All(known => known.Id != face.Id))
                    .Select(face => new FaceInfo(face.Id, face.EnrolledAt ?? DateTimeOffset.UtcNow, Vectors.ToBytes(Vectors.ToUnit(face.Vector, Dimension))));
                FaceInfo[] faces = [.. person.Faces, .. added];
                if (faces.Length > 8)
                {
                    throw new FaceGridException(ErrorCodes.TooManyFaces, "Too many.");
                }

                people[key.Person] = person with { Name = write.Name ?? person.Name, Labels = write.Labels ?? person.Labels, Revision = person.Revision + 1, Faces = faces };
                return new WriteResult(View(people[key.Person], false), created, grid.Searchable);
            }
        }

        public async Task<PersonInfo?> GetAsync(bool vectors, CancellationToken cancellationToken)
        {
            await grid.Before("Person.Get", cancellationToken);
            return grid.People(key.Gallery).TryGetValue(key.Person, out PersonInfo? person) ? View(person, vectors) : null;
        }

        public Task<WriteResult> RemoveFaceAsync(string faceId, long? mark, CancellationToken cancellationToken)
        {
            CheckRowVersion(mark);
            PersonInfo person = Existing();
            person = grid.People(key.Gallery)[key.Person] = person with { Faces = [.. person.Faces.Where(face => face.Id != faceId)] };
            return Task.FromResult(new WriteResult(person, false, true));
        }

        public Task<WriteResult> ReleaseFaceAsync(string faceId, CancellationToken cancellationToken) => Task.FromResult(new WriteResult(
            Existing().Faces.Any(face => face.Id == faceId) ? Existing() : throw new FaceGridException(ErrorCodes.FaceNotFound, "No face."), false, true));

        public async Task<bool> DeleteAsync(long? mark, CancellationToken cancellationToken)
        {
            await grid.Before("Person.Delete", cancellationToken);
            CheckRowVersion(mark);
            grid.Deletions++;
            return grid.People(key.Gallery).TryRemove(key.Person, out _);
        }

        public async Task<VerifyResult> VerifyAsync(Probe probe, CancellationToken cancellationToken)
        {
            await grid.Before("Person.Verify", cancellationToken);
            PersonInfo person = Existing();
            CheckProbe(probe.Vector, probe.Contract);
            (float distance, string face) = Nearest(person, probe.Vector);
            return new VerifyResult(distance <= Threshold.Distance, distance, face, Threshold);
        }

        private long RowVersion => grid.People(key.Gallery).TryGetValue(key.Person, out PersonInfo? person) ? person.Revision : -1 - grid.Deletions;

        private void CheckRowVersion(long? mark)
        {
            if (mark is { } known && known != RowVersion)
            {
                grid.Refused++;
                throw new OutdatedRowVersionException();
            }
        }

        private PersonInfo Existing() =>
            grid.People(key.Gallery).TryGetValue(key.Person, out PersonInfo? person) ? person : throw new FaceGridException(ErrorCodes.PersonNotFound, "No person.");
    }

    private sealed class Identify(FakeGrid grid) : IIdentifyGrain
    {
        public async Task<IdentifyAnswer> IdentifyAsync(IdentifyRequest request, CancellationToken cancellationToken)
        {
            await grid.Before("Identify", cancellationToken);
            grid.Questions.Enqueue(request);
            if (grid.ShardsAnswered < 4 && !request.AllowPartial)
            {
                throw new FaceGridException(ErrorCodes.ShardsMissing, "Shards.");
            }

            ConcurrentDictionary<string, PersonInfo> people = grid.People(request.Gallery);
            float limit = request.Threshold ?? Threshold.Distance;
            ProbeAnswer[] answers = [.. request.Probes.Select(probe =>
            {
                CheckProbe(probe.Vector, probe.Contract);
                Candidate[] near = [.. people.Values.Where(person => person.Faces.Length > 0)
                    .Select(person => (person.Id, Near: Nearest(person, probe.Vector)))
                    .Select(one => new Candidate(one.Id, one.Near.Face, one.Near.Distance))
                    .OrderBy(one => one.Distance).ThenBy(one => one.Person, StringComparer.Ordinal).Take(request.Limit)];
                return new ProbeAnswer(near.Length > 0 && near[0].Distance <= limit ? near[0].Person : null, near);
            })];
            return new IdentifyAnswer(answers, Threshold with { Distance = limit }, 4, grid.ShardsAnswered, people.Count);
        }
    }

    private sealed class Embedder(FakeGrid grid, string node) : IEmbedderGrain
    {
        public async Task<PictureFaces> AnalyseAsync(
            byte[] picture, AnalysisRequest request, PadPolicy pad, CancellationToken cancellationToken)
        {
            bool embed = request.Embed;
            grid.EmbedderCalls.Add(node);
            await grid.Before("Embedder." + node, cancellationToken);
            bool judges = grid.Judges.Contains(node);
            if (pad == PadPolicy.Require && !judges)
            {
                throw new FaceGridException(ErrorCodes.PadUnavailable, "No model.");
            }

            string word = Encoding.UTF8.GetString(picture).Split(' ')[0];
            string? code = word switch
            {
                "not-a-picture" => ErrorCodes.NotAPicture,
                "corrupt" => ErrorCodes.CorruptPicture,
                "pixels" => ErrorCodes.TooManyPixels,
                _ => null,
            };
            if (code is not null)
            {
                throw new FaceGridException(code, "Picture.");
            }

            PictureFace[] faces = word == "small" ? [Face(0, 9, embed)]
                : word == "passer-by" ? [Face(0, 60, embed), Face(1, 9, embed)]
                : word.StartsWith("faces:", StringComparison.Ordinal) ? [.. Enumerable.Range(0, int.Parse(word[6..], CultureInfo.InvariantCulture)).Select(index => Face(index, 60, embed))]
                : word.StartsWith("wide:", StringComparison.Ordinal)
                    ? [.. word[5..].Split(',').Select((wide, index) => Face(index, 60, embed) with { Width = float.Parse(wide, CultureInfo.InvariantCulture) })]
                : [Face(0, 60, embed)];
            // A picture with "spoof:2" behind its first word has two faces, counted from the first, that are pictures of faces.
            int spoofs = picture.AsSpan().IndexOf("spoof:"u8) is var at and >= 0 ? picture[at + 6] - '0' : 0;
            faces = [.. faces.Select((face, index) => judges && pad != PadPolicy.Off && face.Quality.EyeDistance >= 16
                ? face with { Liveness = new Liveness(index < spoofs ? 0.1f : 0.9f, 0.5f, ["fake-pad"]) }
                : face)];
            return new PictureFaces(640, 480, Contract, faces) { Turned = word == "turned" ? 90 : 0 };
        }

        public Task<byte[]?[]> EmbedCropsAsync(FaceCrop[] crops, string contract, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<EmbedderInfo> DescribeAsync() => Task.FromResult(new EmbedderInfo("fake", "fake", "cpu", Contract, 0, Threshold, Threshold));

        private static PictureFace Face(int index, float eyes, bool embed)
        {
            float[] vector = new float[Dimension];
            vector[index % Dimension] = 1;
            return new PictureFace(
                10 + index, 20, 100, 120, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 0.9f, new FaceQualityInfo(eyes, 1, 0.5f, 0.2f, 0, 0, 0), embed && eyes >= 16 ? Vectors.ToBytes(vector) : null);
        }
    }

    /// <summary>A camera that takes every frame and looks at none.</summary>
    private sealed class Camera(FakeGrid grid) : ICameraGrain
    {
        public Task<FrameReceipt> PushAsync(PushedFrame frame, CancellationToken cancellationToken)
        {
            grid.Frames.Enqueue(frame.Picture);
            return Task.FromResult(new FrameReceipt(true, null));
        }

        public Task<(CameraInfo Camera, bool Created)> PutAsync(CameraChange change, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<CameraInfo?> GetAsync() => throw new NotSupportedException();

        public Task<bool> DeleteAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<CameraView?> ViewAsync() => throw new NotSupportedException();

        public Task<CameraPicture?> FrameAsync() => throw new NotSupportedException();

        public Task RunAsync() => throw new NotSupportedException();

        public Task MoveAsync() => throw new NotSupportedException();
    }

    private static PersonInfo View(PersonInfo person, bool vectors) =>
        vectors ? person : person with { Faces = [.. person.Faces.Select(face => face with { Vector = null })] };

    private static (float Distance, string Face) Nearest(PersonInfo person, byte[] probe)
    {
        float[] asked = Vectors.ToUnit(probe, Dimension);
        return person.Faces.Select(face => (Distance: MathF.Sqrt(Vectors.FromBytes(face.Vector).Zip(asked, (a, b) => (a - b) * (a - b)).Sum()), face.Id)).Min();
    }
}
