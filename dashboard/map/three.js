// Three.js, as vendored. Of its own for the types: three.d.ts beside it names those of the package.

export * from "../vendor/three/three.module.js";
