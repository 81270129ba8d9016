using System.Collections.Concurrent;
using System.Net;
using System.Runtime.InteropServices;
using System.Text.Json;
using FaceGrid.Search;
using FaceGrid.Tests.Support;
using Shouldly;

namespace FaceGrid.Tests.Faults.Clusters;

/// <summary>Pictures of different people, each with one face that a camera is sure of. Safe for concurrent use.</summary>
internal sealed class FacePool
{
    /// <summary>More than a camera asks of the shots of somebody unknown (0.85).</summary>
    private const double ConfidenceMin = 0.88;

    /// <summary>Nearer ones are the same person, or even the same picture, under two names, which LFW has a few of.</summary>
    private const float DistanceMin = 0.8f;

    private readonly ConcurrentQueue<KeyValuePair<string, byte[]>> _left = new();
    private readonly ConcurrentDictionary<string, byte[]> _taken = new(StringComparer.Ordinal);

    private FacePool()
    {
    }

    /// <summary>Looks through LFW.</summary>
    /// <param name="node">A node that reads pictures.</param>
    /// <param name="count">Faces wanted.</param>
    public static async Task<FacePool> FindAsync(NodeProcess node, int count)
    {
        var pool = new FacePool();
        var known = new List<float[]>();
        foreach (KeyValuePair<string, byte[]> candidate in LfwFaces.OfMany(2 * count, except: "nobody"))
        {
            (int status, string body) = await Portraits.PostAsync(node, "/v1/embed", candidate.Value);
            status.ShouldBe((int)HttpStatusCode.OK, body);
            JsonElement[] faces = [.. JsonDocument.Parse(body).RootElement.GetProperty("faces").EnumerateArray()];
            if (faces is not [{ } face] || face.GetProperty("confidence").GetDouble() < ConfidenceMin)
            {
                continue;
            }

            float[] vector = MemoryMarshal.Cast<byte, float>(face.GetProperty("embedding").GetBytesFromBase64()).ToArray();
            if (known.TrueForAll(other => Distance.Euclidean(other, vector) >= DistanceMin))
            {
                known.Add(vector);
                pool._left.Enqueue(candidate);
            }

            if (known.Count == count)
            {
                break;
            }
        }

        return pool;
    }

    /// <summary>Takes a face that nobody had before.</summary>
    /// <returns>Its name, or null when there are no more.</returns>
    public string? Take()
    {
        if (!_left.TryDequeue(out KeyValuePair<string, byte[]> face))
        {
            return null;
        }

        _taken[face.Key] = face.Value;
        return face.Key;
    }

    /// <summary>The picture of a face that was taken, as JPEG.</summary>
    public byte[] PictureOf(string face) => _taken[face];
}
