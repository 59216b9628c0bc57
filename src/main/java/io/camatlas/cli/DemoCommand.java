package io.camatlas.cli;
