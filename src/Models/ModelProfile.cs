using System.Text.Json.Serialization;

namespace FaceGrid.Models;

/// <summary>
/// Describes one model file: what it is, where it comes from and how it is fed. Code knows profiles, not models; another model is another
/// JSON file.
/// </summary>
public abstract record ModelProfile
{
    /// <summary>Id, unique among profiles: lower-case letters, digits, dots and hyphens, at most 64.</summary>
    public required string Id { get; init; }

    /// <summary><c>detector</c>, <c>embedder</c> or <c>pad</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>One line for people.</summary>
    public string Description { get; init; } = "";

    /// <summary>Name of the ONNX file inside a model directory, without folders.</summary>
    public required string File { get; init; }

    /// <summary>SHA-256 of the file, 64 lower-case hexadecimal digits. A file with another digest is never used.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Length of the file in bytes.</summary>
    public required long Bytes { get; init; }

    /// <summary>Licence of the weights as their publisher states it, an SPDX id where there is one.</summary>
    public required string Licence { get; init; }

    /// <summary>
    /// Address the file is downloaded from, pinned to a commit; null when it has to be put into the model directory by hand.
    /// </summary>
    public string? Source { get; init; }

    /// <summary>True when this project has run the model and measured it; false for a profile written from a description.</summary>
    public bool Exercised { get; init; }

    /// <summary>
    /// How well people are told apart, 0 to 1: share of the pairs of LFW View 2 that are sorted rightly, with this embedder, or with this
    /// detector's faces and a named embedder; null when that was not measured.
    /// </summary>
    public MeasuredFigure? Accuracy { get; init; }

    /// <summary>
    /// Milliseconds for one crop (embedder) or for one picture of 640 x 480 (detector) on one thread of a CPU; null when that was not
    /// measured.
    /// </summary>
    public MeasuredFigure? Milliseconds { get; init; }

    /// <summary>
    /// Id of the profile to take where this one is not accurate enough; null when none is known. The node names it at its start.
    /// </summary>
    public string? Upgrade { get; init; }

    /// <summary>The JSON file this profile was read from; null for a built-in profile.</summary>
    [JsonIgnore]
    public string? ProfilePath { get; init; }
}
