using System.Text.Json.Serialization;

namespace FaceGrid.Models;

/// <summary>
/// Describes one model file: its kind, its source and its input. The code depends on profiles and not on models, so another model needs
/// only another JSON file.
/// </summary>
public abstract record ModelProfile
{
    /// <summary>Id, unique among profiles: lower-case letters, digits, dots and hyphens, at most 64.</summary>
    public required string Id { get; init; }

    /// <summary><c>detector</c>, <c>embedder</c> or <c>pad</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>One line that describes the model to people.</summary>
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
    /// Address from which the file is downloaded, pinned to a commit. Null when the file has to be put into the model directory by hand.
    /// </summary>
    public string? Source { get; init; }

    /// <summary>True when this project has run the model and measured it; false for a profile written from a description.</summary>
    public bool Exercised { get; init; }

    /// <summary>
    /// How well the model tells people apart: the share of correctly classified pairs of LFW View 2, 0 to 1. For an embedder it is its own
    /// share; for a detector it is the share of a named embedder on this detector's faces. Null when it was not measured.
    /// </summary>
    public MeasuredFigure? Accuracy { get; init; }

    /// <summary>
    /// Milliseconds for one crop (embedder) or for one picture of 640 x 480 (detector), on one thread of a CPU. Null when it was not
    /// measured.
    /// </summary>
    public MeasuredFigure? Milliseconds { get; init; }

    /// <summary>
    /// Id of a more accurate profile; null when none is known. The node recommends it at its start.
    /// </summary>
    public string? Upgrade { get; init; }

    /// <summary>The JSON file this profile was read from; null for a built-in profile.</summary>
    [JsonIgnore]
    public string? ProfilePath { get; init; }
}
